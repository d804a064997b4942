-- What happens when the 30 days of a temporary measure are over. What nobody objected to is removed, and so is what an admin keeps closed after an objection. An objection
-- that nobody has decided about opens the thing again, because the law allows no more than 30 days.
CREATE OR REPLACE FUNCTION end_takedown(of_takedown uuid, action_id uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  asked takedowns;
  known moderation_cases;
BEGIN
  SELECT * INTO asked FROM takedowns WHERE id = of_takedown AND state = 'closed' AND closed_until <= at FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  ELSIF asked.objected_at IS NOT NULL AND NOT asked.is_kept THEN
    PERFORM reopen_target(of_takedown, NULL, '', action_id, at);
    UPDATE takedowns SET state = 'restored', decided_at = at WHERE id = of_takedown;
    RETURN;
  END IF;
  SELECT * INTO known FROM moderation_cases WHERE target_type = asked.target_type AND target_id = asked.target_id FOR UPDATE;
  IF FOUND THEN
    PERFORM record_action(action_id, NULL, known, 'remove', NULL, NULL, '', '정보통신망법 제44조의2', NULL, at);
    UPDATE moderation_cases
    SET closed_until = NULL, removed_at = coalesce(removed_at, at), decided_at = coalesce(decided_at, at), decision = 'remove', keep_until = at + interval '3 years'
    WHERE target_type = asked.target_type AND target_id = asked.target_id;
    PERFORM fold_target(asked.target_type, asked.target_id, at);
  END IF;
  UPDATE takedowns SET state = 'removed', decided_at = at WHERE id = of_takedown;
END
$$;
