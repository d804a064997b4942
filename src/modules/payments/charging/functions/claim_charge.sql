-- Takes a charge to be sent, for two minutes. Answers {outcome}, and with `send` and `ask` what the call needs. `send`: charge the card, after a look whether an earlier call
-- has done so (`is_repeat`). `ask`: only look, because nobody wants to be charged any more, or the key of the call is about to be forgotten. `held`: another has it.
-- `no_card`: there is no card to charge. `nothing`: it is settled, not due, or given up on, because it is too late for it: nobody pays for a time in which they had nothing.
-- The attempt rises only after a definite decline, so an unknown outcome is met with the
-- same key, the same card and the same order.
CREATE OR REPLACE FUNCTION claim_charge(of_subscription uuid, of_period int, at timestamptz, counts_sandbox boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  it subscriptions%ROWTYPE;
  charge charges%ROWTYPE;
  card billing_keys%ROWTYPE;
  terms record;
  is_wanted boolean;
  is_repeat boolean;
  outcome text := 'send';
BEGIN
  PERFORM 1 FROM users WHERE id IN (SELECT user_id FROM subscription_owners WHERE subscription_id = of_subscription) ORDER BY id FOR NO KEY UPDATE;
  SELECT * INTO it FROM subscriptions WHERE id = of_subscription FOR UPDATE;
  SELECT * INTO charge FROM charges WHERE subscription_id = of_subscription AND period_no = of_period FOR UPDATE;
  IF NOT FOUND OR charge.state IN ('done', 'given_up', 'void') THEN RETURN '{"outcome": "nothing"}'; END IF;
  IF charge.state = 'sending' AND charge.lease_until > at THEN RETURN '{"outcome": "held"}'; END IF;
  is_repeat := charge.state IN ('unknown', 'sending');
  IF charge.next_at IS NULL OR (charge.next_at > at AND NOT is_repeat) THEN RETURN '{"outcome": "nothing"}'; END IF;
  is_wanted := it.auto_renew AND EXISTS (SELECT 1 FROM users WHERE id = it.user_id AND deleted_at IS NULL AND banned_at IS NULL);
  SELECT * INTO card FROM billing_keys WHERE id = CASE WHEN is_repeat THEN charge.billing_key_id ELSE it.billing_key_id END;

  IF is_repeat THEN
    IF NOT is_wanted OR card.id IS NULL OR charge.first_sent_at < at - interval '14 days' THEN outcome := 'ask'; END IF;
  ELSE
    IF is_wanted AND charge.attempt = 0 AND charge.has_grace THEN
      -- What the person has decided since it was opened counts.
      SELECT * INTO terms FROM charge_terms(of_subscription);
      is_wanted := terms.is_agreed AND terms.amount_won IS NOT NULL;
      IF is_wanted AND (terms.plan, terms.amount_won) <> (charge.plan, charge.amount_won) THEN
        charge.plan := terms.plan;
        charge.amount_won := terms.amount_won;
        charge.to_month := charge.from_month + (SELECT interval_months FROM plans WHERE code = terms.plan);
      END IF;
    END IF;
    IF NOT is_wanted THEN
      UPDATE charges SET state = 'void', settled_at = at, next_at = NULL, dispatched_until = NULL WHERE subscription_id = of_subscription AND period_no = of_period;
      PERFORM fold_subscription(of_subscription, at, counts_sandbox);
      RETURN '{"outcome": "nothing"}';
    END IF;
    IF at > charge.starts_at + interval '3 days 1 hour' THEN
      UPDATE charges
      SET state = 'given_up', settled_at = starts_at + interval '3 days', next_at = NULL, dispatched_until = NULL
      WHERE subscription_id = of_subscription AND period_no = of_period;
      UPDATE subscriptions SET auto_renew = false WHERE id = of_subscription;
      PERFORM fold_subscription(of_subscription, at, counts_sandbox);
      RETURN jsonb_build_object('outcome', 'nothing', 'told', tell_payer(
        it.user_id, CASE WHEN charge.attempt = 0 AND it.period_no = 0 AND it.trial_ends_at IS NOT NULL THEN 'trial_ended' ELSE 'subscription_ended' END, of_subscription::text, '{}', at
      ));
    END IF;
    IF card.state IS DISTINCT FROM 'live' THEN
      UPDATE charges
      SET state = CASE WHEN has_grace THEN 'declined' ELSE 'given_up' END::charge_state, settled_at = CASE WHEN NOT has_grace THEN at END, next_at = NULL,
          dispatched_until = NULL, decline_code = coalesce(card.dead_reason, 'NO_CARD')
      WHERE subscription_id = of_subscription AND period_no = of_period;
      IF NOT charge.has_grace THEN UPDATE subscriptions SET auto_renew = false WHERE id = of_subscription; END IF;
      PERFORM fold_subscription(of_subscription, at, counts_sandbox);
      RETURN jsonb_build_object('outcome', 'no_card', 'told', tell_payer(
        it.user_id, 'payment_failed', concat_ws(':', of_subscription, of_period, charge.attempt, 'card'), '{"needs_new_card": true}', at
      ));
    END IF;
    charge.attempt := charge.attempt + 1;
    charge.idempotency_key := charge.order_id || '-' || charge.attempt;
    charge.tries := 0;
    charge.first_sent_at := at;
    charge.billing_key_id := card.id;
  END IF;

  charge.lease_until := at + interval '2 minutes';
  UPDATE charges
  SET state = 'sending', plan = charge.plan, amount_won = charge.amount_won, to_month = charge.to_month,
      ends_at = CASE WHEN to_month = charge.to_month THEN ends_at ELSE month_after(it.anchor_at, charge.to_month) END,
      attempt = charge.attempt, idempotency_key = charge.idempotency_key, tries = charge.tries, first_sent_at = charge.first_sent_at, billing_key_id = charge.billing_key_id,
      lease_until = charge.lease_until, next_at = charge.lease_until, dispatched_until = NULL, sent_at = CASE WHEN outcome = 'send' THEN at ELSE sent_at END
  WHERE subscription_id = of_subscription AND period_no = of_period;
  INSERT INTO charge_attempts (order_id, attempt, sent_at) VALUES (charge.order_id, charge.attempt, at) ON CONFLICT (order_id, attempt) DO NOTHING;
  RETURN jsonb_build_object(
    'outcome', outcome, 'is_repeat', is_repeat, 'attempt', charge.attempt, 'lease_until', charge.lease_until, 'order_id', charge.order_id, 'amount_won', charge.amount_won,
    'idempotency_key', charge.idempotency_key, 'sealed_key', card.sealed_key, 'customer_key', card.customer_key
  );
END
$$;
