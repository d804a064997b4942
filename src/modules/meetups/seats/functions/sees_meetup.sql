-- Whether somebody may see a meetup: its host is there and is not blocked, and moderation has not closed it, unless it is their own.
CREATE OR REPLACE FUNCTION sees_meetup(for_viewer uuid, of_meetup uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT 1
    FROM meetups
    JOIN users host ON host.id = meetups.host_id AND host.deleted_at IS NULL
    WHERE meetups.id = of_meetup
      AND (meetups.host_id = for_viewer OR (
        NOT is_blocked(for_viewer, meetups.host_id)
        AND NOT is_closed_by_moderation('meetup', meetups.id)
        AND NOT EXISTS (SELECT 1 FROM report_hides WHERE report_hides.user_id = for_viewer AND report_hides.target_type = 'meetup' AND report_hides.target_id = meetups.id)
      ))
  );
END
$$;
