-- The first date that a change of a series is about: that date, or the next one. A date that the series has no more stands for the one after it, and one that was put off
-- beyond others is not the next one before them.
CREATE OR REPLACE FUNCTION first_date_from(of_meetup uuid, from_occurrence uuid, at timestamptz) RETURNS meetup_occurrences
LANGUAGE sql STABLE AS $$
  SELECT occurrence
  FROM meetup_occurrences AS occurrence
  WHERE occurrence.meetup_id = of_meetup AND occurrence.starts_at > at AND occurrence.cancelled_at IS NULL
    AND occurrence.slot_at >= coalesce(
      (SELECT coalesce(slot_at, starts_at) FROM meetup_occurrences WHERE id = from_occurrence AND meetup_id = of_meetup),
      occurrence.slot_at
    )
  ORDER BY CASE WHEN from_occurrence IS NULL THEN greatest(occurrence.slot_at, occurrence.starts_at) ELSE occurrence.slot_at END
  LIMIT 1
$$;
