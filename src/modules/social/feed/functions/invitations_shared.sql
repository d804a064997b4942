-- How many invitations two people have both accepted in a stretch of time, which whoever sent one has. It counts no further than ten.
CREATE OR REPLACE FUNCTION invitations_shared(one uuid, other uuid, since timestamptz, until timestamptz) RETURNS int
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN (SELECT count(*) FROM (
    SELECT 1
    FROM invitees
    JOIN invitations ON invitations.id = invitees.invitation_id
    WHERE invitees.user_id = one AND invitees.answer = 'accepted' AND invitees.answered_at BETWEEN since AND until
      AND (
        invitations.inviter_id = other
        OR EXISTS (
          SELECT 1
          FROM invitees theirs
          WHERE theirs.invitation_id = invitations.id AND theirs.user_id = other AND theirs.answer = 'accepted' AND theirs.answered_at BETWEEN since AND until
        )
      )
    UNION ALL
    SELECT 1
    FROM invitations
    JOIN invitees theirs ON theirs.invitation_id = invitations.id
    WHERE invitations.inviter_id = one AND invitations.created_at > since - interval '30 days'
      AND theirs.user_id = other AND theirs.answer = 'accepted' AND theirs.answered_at BETWEEN since AND until
    LIMIT 10
  ) AS few);
END
$$;
