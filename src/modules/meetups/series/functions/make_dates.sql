-- Makes dates of a meetup for those of its slots that are ahead and have none yet, each with the host's seat. Nobody is reminded of one that is made
-- within two hours before it. The caller holds the row of the meetup. Answers how many.
CREATE OR REPLACE FUNCTION make_dates(of_meetup uuid, slots timestamptz[], at timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  made uuid[];
BEGIN
  WITH dates AS (
    INSERT INTO meetup_occurrences (meetup_id, slot_at, starts_at, ends_at, location_name, location, category, size_filter, capacity, going, reminded_at)
    SELECT meetups.id, slot.slot_at, slot.slot_at, slot.slot_at + interval '6 hours', meetups.location_name, meetups.location,
           meetups.category, meetups.size_filter, meetups.capacity, 1, CASE WHEN slot.slot_at <= at + interval '2 hours' THEN at END
    FROM meetups
    CROSS JOIN unnest(slots) AS slot (slot_at)
    WHERE meetups.id = of_meetup AND meetups.cancelled_at IS NULL AND slot.slot_at > at
    ORDER BY slot.slot_at
    ON CONFLICT (meetup_id, slot_at) DO NOTHING
    RETURNING id
  )
  SELECT array_agg(id) INTO made FROM dates;
  INSERT INTO meetup_participants (occurrence_id, user_id, status, joined_at, answered_at)
  SELECT occurrence_id, meetups.host_id, 'going', at, at
  FROM meetups
  CROSS JOIN unnest(made) AS occurrence_id
  WHERE meetups.id = of_meetup;
  RETURN coalesce(cardinality(made), 0);
END
$$;
