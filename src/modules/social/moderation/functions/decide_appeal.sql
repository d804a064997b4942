-- Decides an appeal, as `Decision` of modules/social/moderation/appeals/queries.ts says. Another admin decides than the one whose action it is about.
CREATE OR REPLACE FUNCTION decide_appeal(of_admin uuid, of_appeal uuid, how appeal_decision, with_note text, restore_id uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  asked appeals;
  done moderation_actions;
BEGIN
  SELECT * INTO asked FROM appeals WHERE id = of_appeal FOR UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('verdict', 'missing');
  END IF;
  SELECT * INTO done FROM moderation_actions WHERE id = asked.action_id;
  IF asked.decided_at IS NOT NULL THEN
    RETURN jsonb_build_object(
      'verdict', CASE WHEN asked.decided_by = of_admin AND asked.decision = how THEN 'repeated' ELSE 'already' END,
      'decided', jsonb_build_object('decision', asked.decision, 'created_at', asked.decided_at)
    );
  ELSIF of_admin IN (done.admin_id, asked.user_id) THEN
    RETURN jsonb_build_object('verdict', 'same_admin');
  END IF;
  UPDATE appeals SET decision = how, note = with_note, decided_by = of_admin, decided_at = at WHERE id = of_appeal;
  IF how = 'uphold' THEN
    PERFORM undo_action(of_admin, done.id, with_note, restore_id, at);
  END IF;
  RETURN jsonb_build_object('verdict', 'decided');
END
$$;
