-- The status of an invitation for one person: a guest's own answer, or for the inviter the outcome of all answers.
CREATE OR REPLACE FUNCTION invitation_status(of_invitation invitations, for_user uuid, at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN of_invitation.cancelled_at IS NOT NULL THEN 'cancelled'
    WHEN of_invitation.inviter_id = for_user THEN (
      SELECT CASE
        WHEN bool_or(answer = 'accepted') THEN 'accepted'
        WHEN bool_or(answer = 'pending') THEN CASE WHEN of_invitation.expires_at > at THEN 'pending' ELSE 'expired' END
        WHEN bool_and(answer = 'declined') THEN 'declined'
        ELSE 'expired'
      END
      FROM invitees
      WHERE invitation_id = of_invitation.id
    )
    ELSE (
      SELECT CASE WHEN answer = 'pending' AND of_invitation.expires_at <= at THEN 'expired' ELSE answer::text END
      FROM invitees
      WHERE invitation_id = of_invitation.id AND user_id = for_user
    )
  END
$$;
