-- Tells the owner of a subscription at a store what has become of it: a trial that began, a charge that failed, money given back, an end. It is called after the facts were
-- folded. What is older than two days is no news, and each thing is told once however often a store repeats it. Nobody is told of a purchase that does not count for them.
-- Toss is not asked about here, because there each change is our own. Answers the ids of the notifications.
CREATE OR REPLACE FUNCTION tell_subscriber(of_subscription uuid, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
DECLARE
  young_at CONSTANT timestamptz := at - interval '2 days';
  it subscriptions%ROWTYPE;
  state text;
  over_at timestamptz;
  latest record;
BEGIN
  SELECT * INTO it FROM subscriptions WHERE id = of_subscription AND provider <> 'toss';
  IF NOT EXISTS (SELECT 1 FROM users WHERE users.id = it.user_id AND users.deleted_at IS NULL)
    OR NOT EXISTS (SELECT 1 FROM premium_periods WHERE premium_periods.subscription_id = it.id AND premium_periods.user_id = it.user_id) THEN
    RETURN;
  END IF;
  state := subscription_state(it, at);
  over_at := greatest(it.ends_at, it.grace_ends_at);
  SELECT known.* INTO latest FROM known_periods(of_subscription) AS known ORDER BY known.starts_at DESC, known.ends_at DESC LIMIT 1;

  RETURN QUERY
  INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
  SELECT it.user_id, told.type::notification_type, concat_ws(':', it.id, told.what, told.ref), told.facts, tell_subscriber.at, tell_subscriber.at, tell_subscriber.at + interval '1 minute'
  FROM (
    SELECT 'trial_started' AS type, 'trial_started' AS what, latest.ref AS ref, jsonb_build_object('ends_at', it.trial_ends_at, 'price_won', (
             SELECT plan_prices.price_won
             FROM plan_prices
             WHERE plan_prices.plan = coalesce(it.next_plan, it.plan) AND plan_prices.starts_at <= it.trial_ends_at
             ORDER BY plan_prices.starts_at DESC
             LIMIT 1
           )) AS facts
    WHERE state = 'trialing' AND latest.starts_at > tell_subscriber.at - interval '1 day'
    UNION ALL
    SELECT 'payment_failed', 'payment_failed', latest.ref || ':' || state, '{}'::jsonb
    WHERE state = 'grace' OR (state = 'on_hold' AND over_at > young_at)
    UNION ALL
    SELECT 'refunded', 'refunded', payments.transaction_id, jsonb_build_object('amount_won', -payments.amount_won)
    FROM payments
    JOIN known_periods(of_subscription) AS known ON known.ref = payments.transaction_id AND known.revoked_at IS NOT NULL
    WHERE payments.subscription_id = it.id AND payments.user_id = it.user_id AND payments.kind = 'refund' AND payments.currency = 'KRW' AND payments.at > young_at
    UNION ALL
    SELECT CASE latest.kind WHEN 'trial' THEN 'trial_ended' ELSE 'subscription_ended' END, 'ended', latest.ref, '{}'
    WHERE NOT is_premium(it.user_id, tell_subscriber.at)
      AND (
        (state = 'expired' AND over_at > young_at)
        OR (
          state = 'revoked' AND latest.revoked_at > young_at
          AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.provider = it.provider AND payments.transaction_id = latest.ref AND payments.kind = 'refund')
        )
      )
  ) AS told
  ON CONFLICT (user_id, type, topic) DO NOTHING
  RETURNING notifications.id;
END
$$;
