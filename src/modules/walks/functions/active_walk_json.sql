-- Somebody's walk that runs, if it began after an instant, as `ActiveWalk` of modules/walks/preview.schema.ts. NULL when none does.
CREATE OR REPLACE FUNCTION active_walk_json(of_user uuid, began_after timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object('id', walks.id, 'started_at', walks.started_at, 'pets', walked_pets_json(walks.id))
    FROM walks
    WHERE walks.user_id = of_user AND walks.status = 'active' AND walks.deleted_at IS NULL AND walks.started_at > began_after
  );
END
$$;
