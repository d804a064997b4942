-- Ends the temporary measure of a demand: the thing opens again, unless another demand still keeps it closed.
CREATE OR REPLACE FUNCTION reopen_target(of_takedown uuid, of_admin uuid, with_note text, action_id uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  asked takedowns := (SELECT takedowns FROM takedowns WHERE id = of_takedown);
BEGIN
  IF asked.action_id IS NOT NULL THEN
    PERFORM undo_action(of_admin, asked.action_id, with_note, action_id, at);
  END IF;
  UPDATE moderation_cases AS state
  SET closed_until = (
        SELECT max(other.closed_until)
        FROM takedowns AS other
        WHERE other.target_type = state.target_type AND other.target_id = state.target_id AND other.state = 'closed' AND other.id <> of_takedown
      )
  WHERE state.target_type = asked.target_type AND state.target_id = asked.target_id;
  PERFORM fold_target(asked.target_type, asked.target_id, at);
END
$$;
