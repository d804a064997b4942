-- The live rooms that a person may be in. Whatever ends a session, blocks somebody or moves a privacy zone must tell these rooms. A room opens with the
-- first acceptance, so an invitation that nobody has accepted has no room to be told.
CREATE OR REPLACE FUNCTION live_rooms(of_user uuid, at timestamptz) RETURNS TABLE (invitation_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT id
  FROM invitations
  WHERE inviter_id = of_user AND cancelled_at IS NULL AND ends_at > at
    AND EXISTS (SELECT 1 FROM invitees WHERE invitees.invitation_id = invitations.id AND invitees.answer = 'accepted')
  UNION
  SELECT invitations.id
  FROM invitees
  JOIN invitations ON invitations.id = invitees.invitation_id
  WHERE invitees.user_id = of_user AND invitees.answer = 'accepted' AND invitations.cancelled_at IS NULL AND invitations.ends_at > at
$$;
