-- The live rooms that a person may be in, by the id of the invitation or of the meetup's date. Whatever ends a session, blocks somebody or moves a privacy zone must
-- tell these rooms. The room of an invitation opens with the first acceptance, so one that nobody has accepted has no room to be told. Dates that were just left or
-- cancelled are named as well, so that it makes no difference whether the rooms are asked for before that or after.
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
  UNION
  SELECT occurrence.id
  FROM meetup_participants part
  JOIN meetup_occurrences occurrence ON occurrence.id = part.occurrence_id
  WHERE part.user_id = of_user AND part.status IN ('going', 'left', 'removed') AND room_opens_at(occurrence.starts_at) <= at AND occurrence.ends_at > at
$$;
