-- Makes further dates of a series, unless it was changed since somebody read it (`seen`). Answers how many.
CREATE OR REPLACE FUNCTION grow_meetup(of_meetup uuid, seen jsonb, slots timestamptz[], until date, at timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  meetup meetups;
BEGIN
  SELECT * INTO meetup FROM meetups WHERE id = of_meetup FOR NO KEY UPDATE;
  IF series_json(meetup) IS DISTINCT FROM seen OR meetup.cancelled_at IS NOT NULL OR meetup.asked_at IS NOT NULL THEN
    RETURN 0;
  END IF;
  UPDATE meetups SET made_until = until WHERE id = of_meetup;
  RETURN make_dates(of_meetup, slots, at);
END
$$;
