-- Renewals at Toss whose period ends by then, the earliest first. `chargeable`: those that may be charged, because their person is there and has agreed to the price, or the
-- others, which end. A renewal that has a charge is no longer among them, unless that charge was dropped before it was ever sent.
CREATE OR REPLACE FUNCTION upcoming_renewals(until timestamptz, chargeable boolean, at_most int) RETURNS TABLE (subscription_id uuid, user_id uuid, ends_at timestamptz, is_trial boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT it.id, owner.id, it.ends_at, it.period_no = 0
  FROM subscriptions it
  LEFT JOIN users owner ON owner.id = it.user_id AND owner.deleted_at IS NULL AND owner.banned_at IS NULL
  LEFT JOIN charges known ON known.subscription_id = it.id AND known.period_no = it.period_no AND NOT (known.state = 'void' AND known.attempt = 0)
  CROSS JOIN LATERAL charge_terms(it.id) AS terms
  WHERE it.provider = 'toss' AND it.auto_renew AND it.superseded_at IS NULL AND it.ends_at <= until
    AND (known.state IS NULL OR known.state IN ('void', 'given_up'))
    AND chargeable = (owner.id IS NOT NULL AND known.state IS NULL AND NOT it.is_revoked AND terms.amount_won IS NOT NULL AND terms.is_agreed)
  ORDER BY it.ends_at
  LIMIT at_most;
END
$$;
