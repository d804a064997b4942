-- Reports a thing that the reporter can see, as `ReportVerdict` of modules/social/moderation/reports/queries.ts says. Its case is locked, so that the last of several reports at once sees all of them.
CREATE OR REPLACE FUNCTION make_report(
  of_reporter uuid, of_type moderation_target, of_target uuid, why report_reason, described text, day_max int, at timestamptz
) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  author uuid;
  made timestamptz := (SELECT created_at FROM report_hides WHERE user_id = of_reporter AND target_type = of_type AND target_id = of_target);
  opened moderation_cases;
  is_hiding boolean;
BEGIN
  IF made IS NOT NULL THEN
    RETURN jsonb_build_object('verdict', 'repeated', 'created_at', made);
  END IF;
  author := visible_target(of_reporter, of_type, of_target);
  IF author IS NULL THEN
    RETURN jsonb_build_object('verdict', 'missing');
  ELSIF author = of_reporter THEN
    RETURN jsonb_build_object('verdict', 'own');
  ELSIF (SELECT count(*) FROM report_hides WHERE user_id = of_reporter AND created_at > at - interval '1 day') >= day_max THEN
    RETURN jsonb_build_object('verdict', 'too_many');
  END IF;

  opened := open_case(of_type, of_target, at);
  INSERT INTO reports (target_type, target_id, reporter_id, reason, description, created_at)
  VALUES (of_type, of_target, of_reporter, why, described, at);
  INSERT INTO report_hides (user_id, target_type, target_id, created_at) VALUES (of_reporter, of_type, of_target, at);
  IF of_type = 'walk' THEN
    INSERT INTO feed_hides (user_id, walk_id, created_at) VALUES (of_reporter, of_target, at) ON CONFLICT DO NOTHING;
  END IF;

  is_hiding := of_type <> 'user' AND opened.hidden_at IS NULL AND NOT opened.is_cleared AND CASE
    WHEN why IN ('harassment', 'privacy') THEN true
    WHEN why IN ('inappropriate', 'spam') THEN (
      SELECT count(*) >= 3
      FROM (
        SELECT reporter_id
        FROM reports
        WHERE target_type = of_type AND target_id = of_target AND outcome IS NULL AND reason IN ('inappropriate', 'spam') AND reporter_id IS NOT NULL
      ) AS waiting
      WHERE is_reliable_reporter(waiting.reporter_id)
    )
    ELSE false
  END;
  UPDATE moderation_cases
  SET due_at = least(due_at, at + CASE WHEN why = 'animal_abuse' THEN interval '4 hours' ELSE interval '24 hours' END),
      is_urgent = (is_urgent AND opened.due_at IS NOT NULL) OR why = 'animal_abuse',
      hidden_at = CASE WHEN is_hiding THEN at ELSE hidden_at END
  WHERE target_type = of_type AND target_id = of_target;
  IF is_hiding THEN
    IF of_type = 'comment' THEN
      PERFORM hold_alike(of_target);
    END IF;
    PERFORM fold_target(of_type, of_target, at);
  END IF;
  RETURN jsonb_build_object('verdict', 'made', 'created_at', at);
END
$$;
