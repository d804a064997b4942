-- Trigger: what a person whose account is destroyed leaves in moderation. Reports stay without whoever made them. What was reported of them goes, but for evidence, which
-- the law wants to be kept.
CREATE OR REPLACE FUNCTION forget_in_moderation() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reports SET reporter_id = NULL, description = NULL WHERE reporter_id = OLD.id;
  UPDATE takedowns SET objection = NULL, target_id = CASE WHEN target_type <> 'user' THEN target_id END WHERE author_id = OLD.id;
  DELETE FROM report_hides WHERE target_id = OLD.id;
  WITH gone AS (
    DELETE FROM moderation_cases WHERE author_id = OLD.id AND NOT is_evidence RETURNING target_type, target_id, snapshot
  )
  INSERT INTO outbox (type, payload)
  SELECT 'moderation.drop_evidence', jsonb_build_object('target_type', target_type, 'target_id', target_id)
  FROM gone
  WHERE snapshot -> 'photos' <> '[]';
  RETURN OLD;
END
$$;
