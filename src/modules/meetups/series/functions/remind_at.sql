-- When people are next reminded of a meetup, two hours before a date, or NULL.
CREATE OR REPLACE FUNCTION remind_at(of_meetup uuid, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT min(starts_at) - interval '2 hours'
  FROM meetup_occurrences
  WHERE meetup_id = of_meetup AND starts_at > at AND reminded_at IS NULL AND cancelled_at IS NULL
$$;
