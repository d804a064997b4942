-- What the next period of a subscription at Toss will cost, and whether its person has agreed to that. The first charge after a trial needs a consent of its own, and so does
-- a price that was never agreed to: given in the 30 days before the charge, for the plan and at least the amount. The latest decision counts. `needs` is NULL where the
-- consent to renewals covers it. `price_before` is 0 in a trial.
CREATE OR REPLACE FUNCTION charge_terms(of_subscription uuid) RETURNS TABLE (
  plan text, charge_at timestamptz, price_before int, amount_won int, needs payment_consent_kind, is_agreed boolean
)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  WITH term AS (
    SELECT coalesce(it.next_plan, it.plan) AS plan, it.plan AS plan_before, it.ends_at AS charge_at, it.period_no = 0 AND it.trial_ends_at IS NOT NULL AS is_conversion,
           (
             SELECT plan_prices.price_won
             FROM plan_prices
             WHERE plan_prices.plan = coalesce(it.next_plan, it.plan) AND plan_prices.starts_at <= it.ends_at
             ORDER BY plan_prices.starts_at DESC
             LIMIT 1
           ) AS amount_won
    FROM subscriptions it
    WHERE it.id = of_subscription
  ), known AS (
    SELECT term.*,
           (
             SELECT max(charges.amount_won) FROM charges WHERE charges.subscription_id = of_subscription AND charges.plan = term.plan AND charges.state = 'done'
           ) AS paid_won,
           (
             SELECT consents.price_after
             FROM payment_consents consents
             WHERE consents.subscription_id = of_subscription AND consents.kind = 'auto_renewal' AND consents.plan = term.plan AND consents.is_agreed
             ORDER BY consents.agreed_at DESC
             LIMIT 1
           ) AS agreed_won
    FROM term
  ), needed AS (
    SELECT known.*,
           CASE
             WHEN known.is_conversion THEN 'trial_conversion'::payment_consent_kind
             WHEN known.amount_won > coalesce(greatest(known.paid_won, known.agreed_won), 0) THEN 'price_rise'
           END AS needs
    FROM known
  )
  SELECT needed.plan, needed.charge_at, CASE WHEN needed.is_conversion THEN 0 ELSE coalesce(needed.paid_won, needed.agreed_won) END, needed.amount_won, needed.needs,
         needed.needs IS NULL OR coalesce((
           SELECT consents.is_agreed AND consents.price_after >= needed.amount_won AND consents.plan = needed.plan
                  AND consents.agreed_at >= needed.charge_at - interval '30 days' AND consents.agreed_at <= needed.charge_at
           FROM payment_consents consents
           WHERE consents.subscription_id = of_subscription AND consents.kind = needed.needs
           ORDER BY consents.agreed_at DESC, consents.id
           LIMIT 1
         ), false)
  FROM needed;
END
$$;
