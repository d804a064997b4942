-- What people did with a walk (`shown_posts`), or NULL for a walk that was never shared.
CREATE OR REPLACE FUNCTION post_json(of_walk uuid, for_viewer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT post FROM shown_posts(for_viewer) WHERE walk_id = of_walk);
END
$$;
