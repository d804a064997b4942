-- Deletes imported walks that lie at the time of a recorded one, because of two records of the same time the one made here counts. Call it before the recorded walk becomes
-- valid, in the same transaction, with the person's row locked. Their owner may restore them for as long as deleted walks are kept, once the recorded walk is gone.
CREATE OR REPLACE FUNCTION make_room(of_user uuid, starts_at timestamptz, ends_at timestamptz, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  gone uuid[];
BEGIN
  WITH given_way AS (
    UPDATE walks
    SET deleted_at = at
    WHERE user_id = of_user AND source = 'imported' AND is_valid AND deleted_at IS NULL
      AND tstzrange(started_at, ended_at) && tstzrange(make_room.starts_at, make_room.ends_at)
    RETURNING id
  )
  SELECT array_agg(id) INTO gone FROM given_way;
  PERFORM settle_walk(id, at) FROM unnest(gone) AS id;
END
$$;
