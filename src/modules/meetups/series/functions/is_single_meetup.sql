-- Whether nothing is left of a meetup but one date ahead. A change of that date is one of the meetup.
CREATE OR REPLACE FUNCTION is_single_meetup(meetup meetups, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT meetup.recurrence_rule IS NULL
     AND (SELECT count(*) FROM meetup_occurrences WHERE meetup_id = meetup.id AND starts_at > at AND cancelled_at IS NULL) = 1
$$;
