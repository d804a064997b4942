-- Asks a host whether a series goes on. Until they answer it gets no further dates. A series that is at its end is not asked about.
CREATE OR REPLACE FUNCTION ask_renewal(of_meetup uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  host uuid;
BEGIN
  UPDATE meetups
  SET asked_at = at
  WHERE id = of_meetup AND recurrence_rule IS NOT NULL AND made_until IS DISTINCT FROM '9999-12-31' AND cancelled_at IS NULL AND asked_at IS NULL
  RETURNING host_id INTO host;
  IF host IS NOT NULL THEN
    PERFORM notify_meetup('meetup_renewal', of_meetup, NULL, ARRAY[host], concat_ws(':', of_meetup, at), NULL, at);
  END IF;
END
$$;
