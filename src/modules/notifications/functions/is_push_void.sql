-- Whether nothing can be done any more about what a notification tells of: an invitation that nobody can accept, or a date of a meetup that has begun, is cancelled, or at
-- which its person has no seat any more. Such a push may have waited for the end of quiet hours.
CREATE OR REPLACE FUNCTION is_push_void(of_type notification_type, of_user uuid, of_topic text, of_facts jsonb, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  CASE
    WHEN of_type = 'invitation' THEN
      RETURN EXISTS (SELECT 1 FROM invitations WHERE id = uuid_of(of_topic) AND (cancelled_at IS NOT NULL OR expires_at <= at));
    WHEN of_type IN ('meetup_promoted', 'meetup_reminder', 'meetup_request') THEN
      RETURN EXISTS (
        SELECT 1
        FROM meetup_occurrences occurrence
        WHERE occurrence.id = uuid_of(of_facts ->> 'occurrence_id')
          AND (
            occurrence.cancelled_at IS NOT NULL OR occurrence.starts_at <= at
            OR (of_type <> 'meetup_request' AND NOT EXISTS (
              SELECT 1 FROM meetup_participants part WHERE part.occurrence_id = occurrence.id AND part.user_id = of_user AND part.status = 'going'
            ))
          )
      );
    ELSE
      RETURN false;
  END CASE;
END
$$;
