-- When a subscription makes its owners premium: what is paid or tried, and grace. The grace of a store ends with the newest word that there is one, and where the next
-- period begins. It stays after a recovery, because rest days may lie in it. The grace of Toss lasts three days from the end of the period before, or until the charge
-- is given up or its outcome known.
CREATE OR REPLACE FUNCTION covered_times(of_subscription uuid) RETURNS TABLE (ref text, is_grace boolean, kind period_kind, starts_at timestamptz, ends_at timestamptz, revoked_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  WITH period AS MATERIALIZED (
    SELECT * FROM known_periods(of_subscription)
  ), renewal AS (
    SELECT facts.fact_at, facts.grace_ends_at, lead(facts.fact_at) OVER (ORDER BY facts.fact_at, facts.event_id) AS next_fact_at
    FROM renewal_facts facts
    WHERE facts.subscription_id = of_subscription
  ), grace AS (
    SELECT period.ref, period.kind, period.ends_at AS starts_at, least(max(least(renewal.grace_ends_at, renewal.next_fact_at)), period.next_starts_at) AS ends_at
    FROM period
    JOIN renewal ON renewal.grace_ends_at > period.ends_at AND renewal.fact_at >= period.starts_at AND (period.next_starts_at IS NULL OR renewal.fact_at < period.next_starts_at)
    WHERE period.revoked_at IS NULL
    GROUP BY period.ref, period.kind, period.ends_at, period.next_starts_at
  ), unpaid AS (
    SELECT charges.period_no::text AS ref, 'paid'::period_kind AS kind, charges.starts_at,
           CASE
             WHEN charges.state IN ('given_up', 'void') THEN charges.settled_at
             WHEN charges.state = 'unknown' THEN greatest(charges.starts_at + interval '3 days', charges.next_at + interval '1 day')
             WHEN charges.state = 'sending' THEN greatest(charges.starts_at + interval '3 days', charges.lease_until + interval '1 day')
             ELSE charges.starts_at + interval '3 days'
           END AS ends_at
    FROM charges
    WHERE charges.subscription_id = of_subscription AND charges.has_grace AND charges.state <> 'done'
  ), covered AS (
    SELECT period.ref, false AS is_grace, period.kind, period.starts_at, period.ends_at, period.revoked_at FROM period
    UNION ALL
    SELECT grace.ref || ':grace', true, grace.kind, grace.starts_at, grace.ends_at, NULL FROM grace
    UNION ALL
    SELECT unpaid.ref || ':grace', true, unpaid.kind, unpaid.starts_at, unpaid.ends_at, NULL FROM unpaid
  )
  SELECT covered.ref, covered.is_grace, covered.kind, covered.starts_at, least(covered.ends_at, subscriptions.superseded_at), covered.revoked_at
  FROM covered
  JOIN subscriptions ON subscriptions.id = of_subscription
  WHERE covered.starts_at < least(covered.ends_at, subscriptions.superseded_at);
END
$$;
