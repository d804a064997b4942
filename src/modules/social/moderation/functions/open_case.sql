-- Opens the case of a thing, or opens it again when it was decided, and locks it. The snapshot is of this moment, and its photos are copied by a job. Answers the case.
CREATE OR REPLACE FUNCTION open_case(of_type moderation_target, of_target uuid, at timestamptz) RETURNS moderation_cases
LANGUAGE plpgsql AS $$
DECLARE
  content jsonb := target_content(of_type, of_target);
  opened moderation_cases;
BEGIN
  INSERT INTO moderation_cases (target_type, target_id, author_id, snapshot, opened_at)
  VALUES (of_type, of_target, target_author(of_type, of_target), content, at)
  ON CONFLICT DO NOTHING;
  SELECT * INTO opened FROM moderation_cases WHERE target_type = of_type AND target_id = of_target FOR UPDATE;
  IF opened.opened_at = at OR (opened.decided_at IS NOT NULL AND opened.due_at IS NULL) OR opened.snapshot IS NULL THEN
    UPDATE moderation_cases
    SET snapshot = content, opened_at = at, keep_until = NULL, is_cleared = is_cleared AND snapshot = content
    WHERE target_type = of_type AND target_id = of_target
    RETURNING * INTO opened;
    INSERT INTO outbox (type, payload)
    SELECT 'moderation.keep_evidence', jsonb_build_object('target_type', of_type, 'target_id', of_target, 'photos', content -> 'photos')
    WHERE content -> 'photos' <> '[]';
  END IF;
  RETURN opened;
END
$$;
