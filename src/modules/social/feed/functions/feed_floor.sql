-- The floor of a source of candidates as {posted_at, walk_id}: its last one where there are as many as it may have, else fourteen days before `at`.
CREATE OR REPLACE FUNCTION feed_floor(newest posts[], most int, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF cardinality(newest) < most THEN
    RETURN jsonb_build_object('posted_at', at - interval '14 days', 'walk_id', '00000000-0000-0000-0000-000000000000');
  END IF;
  RETURN jsonb_build_object('posted_at', newest[most].posted_at, 'walk_id', newest[most].walk_id);
END
$$;
