-- Whether somebody has reported a thing. They see it no more, whatever comes of the report.
CREATE OR REPLACE FUNCTION has_reported(for_viewer uuid, of_type moderation_target, of_target uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM report_hides WHERE user_id = for_viewer AND target_type = of_type AND target_id = of_target);
END
$$;
