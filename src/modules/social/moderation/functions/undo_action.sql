-- Undoes an action by another one: the thing and its author are again as they would be without it. An action is undone once. A case that is gone needs nothing.
CREATE OR REPLACE FUNCTION undo_action(of_admin uuid, undone_id uuid, with_note text, action_id uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  undone moderation_actions := (SELECT done FROM moderation_actions AS done WHERE done.id = undone_id);
  known moderation_cases;
  is_removed boolean;
BEGIN
  SELECT * INTO known FROM moderation_cases WHERE target_type = undone.target_type AND target_id = undone.target_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM moderation_actions WHERE undoes = undone_id) THEN
    RETURN;
  END IF;
  known.target_type := undone.target_type;
  known.target_id := undone.target_id;
  known.author_id := undone.author_id;
  PERFORM record_action(action_id, of_admin, known, 'restore', NULL, undone.reason, with_note, NULL, undone_id, at);
  is_removed := EXISTS (
    SELECT 1
    FROM moderation_actions AS done
    WHERE done.target_type = undone.target_type AND done.target_id = undone.target_id AND done.action IN ('remove', 'warn', 'suspend', 'ban')
      AND NOT EXISTS (SELECT 1 FROM moderation_actions AS later WHERE later.undoes = done.id)
  );
  UPDATE moderation_cases AS state
  SET removed_at = CASE WHEN is_removed THEN state.removed_at END,
      closed_until = CASE WHEN undone.action <> 'close' THEN state.closed_until END,
      decision = 'restore', is_cleared = true,
      decided_at = CASE WHEN state.decided_at IS NOT NULL THEN at END,
      keep_until = at + CASE WHEN state.is_evidence THEN interval '3 years' ELSE interval '90 days' END
  WHERE state.target_type = undone.target_type AND state.target_id = undone.target_id;
  UPDATE reports
  SET outcome = 'rejected'
  WHERE target_type = undone.target_type AND target_id = undone.target_id AND decided_at = undone.created_at;
  PERFORM fold_target(undone.target_type, undone.target_id, at, known.removed_at);
  IF NOT is_removed THEN
    DELETE FROM held_alike WHERE with_id = undone.target_id;
  END IF;
  PERFORM fold_person(undone.author_id, at);
END
$$;
