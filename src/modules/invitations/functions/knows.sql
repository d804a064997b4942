-- Whether somebody knows another: they were side by side on a walk, the first has invited the other, or has accepted an invitation of theirs.
CREATE OR REPLACE FUNCTION knows(of_user uuid, other uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM room_encounters WHERE one_id = least(of_user, other) AND other_id = greatest(of_user, other))
    OR EXISTS (
      SELECT 1
      FROM invitees
      JOIN invitations ON invitations.id = invitees.invitation_id
      WHERE invitees.user_id = other AND invitations.inviter_id = of_user
    )
    OR EXISTS (
      SELECT 1
      FROM invitees
      JOIN invitations ON invitations.id = invitees.invitation_id
      WHERE invitees.user_id = of_user AND invitees.answer = 'accepted' AND invitations.inviter_id = other
    )
$$;
