-- Adds to the ledger what a store has charged and given back, as the facts say by the store's own times. A row is never taken away. Its time is the
-- earliest that is known, and its person whoever was the first to have it. What a family member uses has been paid by somebody else.
CREATE OR REPLACE FUNCTION fold_ledger(of_subscription uuid) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO payments AS known (provider, transaction_id, kind, user_id, person_ref, subscription_id, product_id, amount_won, currency, method, at, source_event)
  SELECT subscriptions.provider, turn.ref, turn.kind, CASE WHEN paid.person_ref IS NULL THEN subscriptions.user_id ELSE paid.user_id END,
         coalesce(paid.person_ref, subscriptions.person_ref), subscriptions.id, plans.product_id, turn.amount_won, turn.currency,
         subscriptions.provider::text, turn.at, turn.event_id
  FROM subscriptions
  JOIN known_periods(of_subscription) AS period ON period.kind = 'paid' AND period.amount_won > 0 AND NOT period.is_family
  JOIN plans ON plans.code = period.plan
  CROSS JOIN LATERAL (
    SELECT period.ref, 'charge'::payment_kind AS kind, period.amount_won, coalesce(period.currency, 'KRW') AS currency, period.starts_at AS at,
           (SELECT facts.event_id FROM period_facts facts WHERE facts.subscription_id = of_subscription AND facts.ref = period.ref ORDER BY facts.fact_at, facts.event_id LIMIT 1) AS event_id
    UNION ALL
    SELECT period.ref, first.kind, first.amount_won, coalesce(period.currency, 'KRW'), first.at, first.event_id
    FROM (
      SELECT DISTINCT ON (said.kind) said.*
      FROM (
        SELECT CASE WHEN facts.revoked_at IS NULL THEN 'reversal'::payment_kind ELSE 'refund' END AS kind,
               CASE WHEN facts.revoked_at IS NULL THEN 1 ELSE -1 END
                 * round(period.amount_won * coalesce(facts.revoked_share, lag(facts.revoked_share) OVER said, 1))::int AS amount_won,
               coalesce(facts.revoked_at, facts.fact_at) AS at, facts.event_id, facts.fact_at, facts.revoked_at, lag(facts.revoked_at) OVER said AS revoked_before
        FROM period_facts facts
        WHERE facts.subscription_id = of_subscription AND facts.ref = period.ref AND facts.tells_revocation
        WINDOW said AS (ORDER BY facts.fact_at, facts.revoked_at IS NOT NULL, facts.event_id)
      ) AS said
      WHERE (said.revoked_at IS NULL) <> (said.revoked_before IS NULL)
      ORDER BY said.kind, said.fact_at
    ) AS first
  ) AS turn
  -- The money goes back to whoever paid, also after the subscription has gone to somebody else.
  LEFT JOIN payments paid ON paid.provider = subscriptions.provider AND paid.transaction_id = turn.ref AND paid.kind = 'charge'
  WHERE subscriptions.id = of_subscription AND turn.amount_won <> 0
  ON CONFLICT (provider, transaction_id, kind) DO UPDATE
  SET at = least(known.at, excluded.at), user_id = CASE WHEN known.person_ref IS NULL THEN excluded.user_id ELSE known.user_id END, person_ref = coalesce(known.person_ref, excluded.person_ref)
  WHERE known.at > excluded.at OR known.person_ref IS NULL AND excluded.person_ref IS NOT NULL;
END
$$;
