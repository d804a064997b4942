-- How many invitations somebody has received and may still accept. Those of people who have left or are blocked are not shown, and not counted.
CREATE OR REPLACE FUNCTION count_open_invitations(of_user uuid, at timestamptz) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
  hidden CONSTANT uuid[] := blocked_with(of_user);
BEGIN
  RETURN (
    SELECT count(*)
    FROM invitees AS mine
    JOIN invitations ON invitations.id = mine.invitation_id
    JOIN users ON users.id = invitations.inviter_id AND users.deleted_at IS NULL AND users.banned_at IS NULL
    WHERE mine.user_id = of_user
      AND mine.answer = 'pending'
      AND invitations.cancelled_at IS NULL
      AND invitations.expires_at > at
      AND invitations.inviter_id <> ALL (hidden)
  );
END
$$;
