-- Which date of a series goes to which of its new slots, as JSON by id. The series moves by so many days as lie between `first_at` and its first slot, and a date stays with its
-- day: whoever comes on a day that the series still has comes on that day. Of `movable` dates whose day it has no more the first goes to the first slot that is left, the
-- second to the second. For the others there is none.
CREATE OR REPLACE FUNCTION place_dates(dates meetup_occurrences[], movable uuid[], slots timestamptz[], first_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  WITH slot AS (
    SELECT slot_at, (slot_at AT TIME ZONE 'Asia/Seoul')::date AS day FROM unnest(slots) AS slot_at
  ), date AS (
    SELECT id, slot_at, (slot_at AT TIME ZONE 'Asia/Seoul')::date + ((slots[1] AT TIME ZONE 'Asia/Seoul')::date - (first_at AT TIME ZONE 'Asia/Seoul')::date) AS day
    FROM unnest(dates)
  ), kept AS (
    SELECT DISTINCT ON (slot.slot_at) date.id, slot.slot_at FROM slot JOIN date ON date.day = slot.day ORDER BY slot.slot_at, date.slot_at
  ), moved AS (
    SELECT old.id, new.slot_at
    FROM (
      SELECT id, row_number() OVER (ORDER BY slot_at) AS n FROM date WHERE id = ANY (movable) AND id NOT IN (SELECT id FROM kept)
    ) AS old
    JOIN (
      SELECT slot_at, row_number() OVER (ORDER BY slot_at) AS n FROM slot WHERE slot_at NOT IN (SELECT slot_at FROM kept)
    ) AS new ON new.n = old.n
  )
  SELECT coalesce(jsonb_object_agg(id, slot_at), '{}') FROM (SELECT * FROM kept UNION ALL SELECT * FROM moved) AS placed
$$;
