-- Trigger: a row that goes with its person takes its seat along. Whoever leaves has no seats ahead any more, so this is about dates that are over.
CREATE OR REPLACE FUNCTION uncount_participant() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE meetup_occurrences SET going = going - 1 WHERE id = OLD.occurrence_id;
  RETURN NULL;
END
$$;
