-- Decides a case, as `Decision` of modules/social/moderation/cases/queries.ts says. The same decision of the same admin again is the same decision.
CREATE OR REPLACE FUNCTION decide_case(
  of_admin uuid, of_type moderation_target, of_target uuid, what moderation_action, for_days int, with_note text, on_basis text, action_id uuid, at timestamptz
) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  known moderation_cases;
  latest moderation_actions;
  undone uuid;
  why report_reason;
BEGIN
  SELECT * INTO known FROM moderation_cases WHERE target_type = of_type AND target_id = of_target FOR UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('verdict', 'missing');
  END IF;
  PERFORM 1 FROM users WHERE id = known.author_id FOR NO KEY UPDATE;
  SELECT * INTO latest FROM moderation_actions WHERE target_type = of_type AND target_id = of_target ORDER BY created_at DESC, id DESC LIMIT 1;

  IF what = 'restore' THEN
    SELECT done.id INTO undone
    FROM moderation_actions AS done
    WHERE done.target_type = of_type AND done.target_id = of_target AND done.action IN ('remove', 'warn', 'suspend', 'ban')
      AND NOT EXISTS (SELECT 1 FROM moderation_actions AS later WHERE later.undoes = done.id)
    ORDER BY done.created_at DESC, done.id DESC
    LIMIT 1;
  END IF;
  IF (what = 'restore' AND undone IS NULL) OR (what <> 'restore' AND known.due_at IS NULL) THEN
    RETURN jsonb_build_object(
      'verdict', CASE
        WHEN latest.admin_id = of_admin AND latest.action = what AND (for_days IS NULL OR latest.days = for_days) THEN 'repeated'
        ELSE 'already'
      END,
      'decided', jsonb_build_object('action', latest.action, 'created_at', latest.created_at)
    );
  ELSIF known.author_id = of_admin THEN
    RETURN jsonb_build_object('verdict', 'same_admin');
  ELSIF (what = 'remove' AND of_type = 'user') OR (what IN ('warn', 'suspend', 'ban') AND known.author_id IS NULL) THEN
    RETURN jsonb_build_object('verdict', 'impossible');
  END IF;
  IF what = 'restore' THEN
    PERFORM undo_action(of_admin, undone, with_note, action_id, at);
    RETURN jsonb_build_object('verdict', 'decided');
  END IF;

  SELECT mode() WITHIN GROUP (ORDER BY reason DESC) INTO why
  FROM reports
  WHERE target_type = of_type AND target_id = of_target AND outcome IS NULL;
  PERFORM record_action(
    action_id, of_admin, known, what, CASE WHEN what = 'suspend' THEN coalesce(for_days, suggested_days(known.author_id)) END, why, with_note, on_basis, NULL, at
  );
  UPDATE moderation_cases AS state
  SET due_at = NULL, decided_at = at, decision = what, hidden_at = NULL,
      removed_at = CASE WHEN what <> 'dismiss' AND of_type <> 'user' THEN coalesce(state.removed_at, at) ELSE state.removed_at END,
      is_cleared = what = 'dismiss',
      is_evidence = state.is_evidence OR on_basis IS NOT NULL OR (state.is_urgent AND what <> 'dismiss'),
      keep_until = at + CASE
        WHEN state.is_evidence OR on_basis IS NOT NULL OR (state.is_urgent AND what <> 'dismiss') THEN interval '3 years'
        ELSE interval '90 days'
      END
  WHERE state.target_type = of_type AND state.target_id = of_target;
  UPDATE reports
  SET outcome = CASE WHEN what = 'dismiss' THEN 'rejected' ELSE 'upheld' END::report_outcome, decided_at = at
  WHERE target_type = of_type AND target_id = of_target AND outcome IS NULL;
  -- The person comes first, because a ban locks all dates of their meetups in one order.
  IF what IN ('suspend', 'ban') THEN
    PERFORM fold_person(known.author_id, at);
  END IF;
  PERFORM fold_target(of_type, of_target, at);
  IF what = 'dismiss' THEN
    DELETE FROM held_alike WHERE with_id = of_target;
  END IF;
  RETURN jsonb_build_object('verdict', 'decided');
END
$$;
