-- Renewals at Toss whose period ends by then, the earliest first. `chargeable`: those that may be charged, because their person is there and has agreed to the price, or the
-- others, which end. A renewal that has a charge is no longer among them, unless that charge was dropped before it was ever sent. Of the earliest `looked_at` each is looked
-- at, because whether somebody has agreed takes a tenth of a millisecond. Charges are looked up by their key even while the planner takes the table for empty.
CREATE OR REPLACE FUNCTION upcoming_renewals(until timestamptz, chargeable boolean, looked_at int, at_most int) RETURNS TABLE (
  subscription_id uuid, user_id uuid, ends_at timestamptz, is_trial boolean
)
LANGUAGE plpgsql STABLE ROWS 10 SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY
  SELECT candidate.id, candidate.owner_id, candidate.ends_at, candidate.period_no = 0
  FROM (
    SELECT it.id, owner.id AS owner_id, it.ends_at, it.period_no, owner.id IS NOT NULL AND known.state IS NULL AND NOT it.is_revoked AS is_open
    FROM subscriptions it
    LEFT JOIN users owner ON owner.id = it.user_id AND owner.deleted_at IS NULL AND owner.banned_at IS NULL
    LEFT JOIN LATERAL (
      SELECT charges.state FROM charges
      WHERE charges.subscription_id = it.id AND charges.period_no = it.period_no AND NOT (charges.state = 'void' AND charges.attempt = 0)
      LIMIT 1
    ) AS known ON true
    WHERE it.provider = 'toss' AND it.auto_renew AND it.superseded_at IS NULL AND it.ends_at <= until AND (known.state IS NULL OR known.state IN ('void', 'given_up'))
    ORDER BY it.ends_at
    LIMIT looked_at
  ) AS candidate
  CROSS JOIN LATERAL charge_terms(candidate.id) AS terms
  WHERE chargeable = (candidate.is_open AND terms.amount_won IS NOT NULL AND terms.is_agreed)
  ORDER BY candidate.ends_at
  LIMIT at_most;
END
$$;
