-- With whom somebody has accepted invitations in a stretch of time, which whoever sent one has: a row for each invitation and person.
CREATE OR REPLACE FUNCTION company_accepted(of_user uuid, since timestamptz, until timestamptz) RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT company.id
  FROM invitees AS mine
  JOIN invitations ON invitations.id = mine.invitation_id
  CROSS JOIN LATERAL (
    SELECT invitations.inviter_id AS id
    UNION
    SELECT theirs.user_id
    FROM invitees AS theirs
    WHERE theirs.invitation_id = invitations.id AND theirs.answer = 'accepted' AND theirs.answered_at BETWEEN since AND until
  ) AS company
  WHERE mine.user_id = of_user AND mine.answer = 'accepted' AND mine.answered_at BETWEEN since AND until AND company.id <> of_user
  UNION ALL
  SELECT theirs.user_id
  FROM invitations
  JOIN invitees AS theirs ON theirs.invitation_id = invitations.id
  WHERE invitations.inviter_id = of_user AND invitations.created_at > since - interval '30 days'
    AND theirs.answer = 'accepted' AND theirs.answered_at BETWEEN since AND until;
END
$$;
