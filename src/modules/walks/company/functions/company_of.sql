-- The people with whom a walk was walked (docs/product.md#company). They own a valid walk that began within half an hour of it, and a live room saw them beside its
-- owner for ten minutes in all. Time from ten minutes before the two walks until ten minutes after them counts, because a phone's walk ends a little before or after
-- the room.
CREATE OR REPLACE FUNCTION company_of(walk walks) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT other.user_id), '{}')
  FROM (
    SELECT other_id AS user_id, together FROM room_encounters WHERE one_id = walk.user_id
    UNION ALL
    SELECT one_id, together FROM room_encounters WHERE other_id = walk.user_id
  ) AS met
  JOIN walks other ON other.user_id = met.user_id
    AND other.is_valid
    AND other.deleted_at IS NULL
    AND other.source = 'recorded'
    AND other.started_at BETWEEN walk.started_at - interval '30 minutes' AND walk.started_at + interval '30 minutes'
    AND met.together && tstzrange(other.started_at, other.ended_at)
  WHERE walk.is_valid
    AND walk.source = 'recorded'
    AND walk.deleted_at IS NULL
    AND met.together && tstzrange(walk.started_at, walk.ended_at)
    AND seconds_in(met.together * tstzmultirange(tstzrange(
      least(walk.started_at, other.started_at) - interval '10 minutes', greatest(walk.ended_at, other.ended_at) + interval '10 minutes'
    ))) >= 600
$$;
