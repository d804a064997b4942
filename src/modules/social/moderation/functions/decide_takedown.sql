-- Decides about a demand, as `Decision` of modules/social/moderation/takedowns/queries.ts says. Closing a thing is a temporary measure of 30 days (정보통신망법 §44-2).
CREATE OR REPLACE FUNCTION decide_takedown(
  of_admin uuid, of_takedown uuid, how text, new_type moderation_target, new_target uuid, with_note text, action_id uuid, at timestamptz
) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  asked takedowns;
  known moderation_cases;
  done CONSTANT jsonb := jsonb_build_object('verdict', 'decided');
  result CONSTANT takedown_state := CASE how WHEN 'reject' THEN 'rejected' WHEN 'restore' THEN 'restored' ELSE 'closed' END;
BEGIN
  SELECT * INTO asked FROM takedowns WHERE id = of_takedown FOR UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('verdict', 'missing');
  ELSIF asked.decided_by = of_admin AND asked.state = result AND (how = 'keep') = asked.is_kept THEN
    RETURN jsonb_build_object('verdict', 'repeated');
  ELSIF asked.state NOT IN ('received', 'closed') OR (asked.state = 'closed' AND how = 'close') OR (how = 'keep' AND asked.is_kept) THEN
    RETURN jsonb_build_object('verdict', 'already', 'decided', jsonb_build_object('state', asked.state, 'created_at', asked.decided_at));
  ELSIF how = 'restore' AND asked.state <> 'closed' OR how = 'reject' AND asked.state <> 'received' OR how = 'keep' AND asked.objected_at IS NULL THEN
    RETURN jsonb_build_object('verdict', 'impossible');
  END IF;
  IF how = 'close' THEN
    asked.target_type := coalesce(new_type, asked.target_type);
    asked.target_id := coalesce(new_target, asked.target_id);
    asked.author_id := target_author(asked.target_type, asked.target_id);
    IF asked.author_id IS NULL OR asked.target_type = 'user' THEN
      RETURN jsonb_build_object('verdict', 'impossible');
    ELSIF asked.author_id = of_admin THEN
      RETURN jsonb_build_object('verdict', 'same_admin');
    END IF;
    known := open_case(asked.target_type, asked.target_id, at);
    PERFORM record_action(action_id, of_admin, known, 'close', NULL, NULL, with_note, '정보통신망법 제44조의2', NULL, at);
    UPDATE moderation_cases
    SET closed_until = at + interval '30 days', is_evidence = true, keep_until = at + interval '3 years'
    WHERE target_type = asked.target_type AND target_id = asked.target_id;
    UPDATE takedowns
    SET target_type = asked.target_type, target_id = asked.target_id, author_id = asked.author_id, closed_until = at + interval '30 days',
        action_id = decide_takedown.action_id
    WHERE id = of_takedown;
    PERFORM fold_target(asked.target_type, asked.target_id, at);
  ELSIF how = 'restore' THEN
    PERFORM reopen_target(of_takedown, of_admin, with_note, action_id, at);
  END IF;
  UPDATE takedowns
  SET state = result, is_kept = how = 'keep', note = with_note, decided_by = of_admin, decided_at = at
  WHERE id = of_takedown;
  RETURN done;
END
$$;
