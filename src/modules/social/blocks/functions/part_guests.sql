-- Ends what two people have between them as host and guest, for good: answers that are given, and those that could still be. Other guests of the same invitations stay.
CREATE OR REPLACE FUNCTION part_guests(one uuid, other uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- An answer that comes at the same time waits here, or has been written already.
  UPDATE invitees
  SET answer = 'expired'
  FROM invitations
  WHERE invitations.id = invitees.invitation_id
    AND (invitations.inviter_id, invitees.user_id) IN ((one, other), (other, one))
    AND invitations.cancelled_at IS NULL
    AND invitations.ends_at > at
    AND invitees.answer <> 'expired';
END
$$;
