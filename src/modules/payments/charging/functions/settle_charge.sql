-- Writes down what came of a charge that was claimed. `answer` has a `kind`: `done` (with the payment), `declined` (`code`, `needs_new_card`), `unknown`, `absent` (Toss
-- knows of no payment, and it is not sent again) or `order_refused` (Toss wants another order id). What is done counts whoever says so and whenever. Anything else counts
-- only from whoever holds the claim. Answers {state, wake_at, told}.
CREATE OR REPLACE FUNCTION settle_charge(of_subscription uuid, of_period int, answer jsonb, at timestamptz, counts_sandbox boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  kind CONSTANT text := answer ->> 'kind';
  it subscriptions%ROWTYPE;
  charge charges%ROWTYPE;
  is_wanted boolean;
  needs_new_card boolean := false;
  told uuid;
BEGIN
  PERFORM 1 FROM users WHERE id IN (SELECT user_id FROM subscription_owners WHERE subscription_id = of_subscription) ORDER BY id FOR NO KEY UPDATE;
  SELECT * INTO it FROM subscriptions WHERE id = of_subscription FOR UPDATE;
  SELECT * INTO STRICT charge FROM charges WHERE subscription_id = of_subscription AND period_no = of_period FOR UPDATE;
  IF kind = 'done' THEN RETURN grant_charge(it, charge, answer, at, counts_sandbox); END IF;
  IF charge.state <> 'sending' OR charge.attempt <> (answer ->> 'attempt')::int OR charge.lease_until <> (answer ->> 'lease_until')::timestamptz THEN
    RETURN jsonb_build_object('state', charge.state);
  END IF;

  is_wanted := it.auto_renew AND EXISTS (SELECT 1 FROM users WHERE id = it.user_id AND deleted_at IS NULL AND banned_at IS NULL);
  UPDATE charge_attempts
  SET outcome = kind, code = coalesce(answer ->> 'code', answer ->> 'error'), trace_id = coalesce(answer ->> 'trace_id', trace_id)
  WHERE order_id = charge.order_id AND attempt = charge.attempt;
  charge.lease_until := NULL;
  CASE
    WHEN kind = 'order_refused' AND charge.order_id NOT LIKE '%-r2' THEN
      charge.state := 'due';
      charge.order_id := charge.order_id || '-r2';
      charge.next_at := at;
    WHEN kind = 'declined' THEN
      needs_new_card := (answer ->> 'needs_new_card')::boolean;
      charge.decline_code := answer ->> 'code';
      charge.state := CASE WHEN NOT is_wanted THEN 'void' WHEN charge.has_grace THEN 'declined' ELSE 'given_up' END;
      charge.settled_at := CASE WHEN charge.state <> 'declined' THEN at END;
      charge.next_at := CASE WHEN charge.state = 'declined' AND NOT needs_new_card THEN dunning_slot(charge.starts_at, at) END;
      IF needs_new_card THEN
        UPDATE billing_keys SET state = 'dead', dead_reason = charge.decline_code WHERE id = charge.billing_key_id AND state = 'live';
      END IF;
      IF charge.state = 'given_up' THEN UPDATE subscriptions SET auto_renew = false WHERE id = of_subscription; END IF;
    WHEN kind = 'absent' AND NOT is_wanted AND charge.sent_at < at - interval '10 minutes' THEN
      charge.state := 'void';
      charge.settled_at := at;
      charge.next_at := NULL;
    ELSE
      -- Toss forgets the key of a call after fifteen days. Then a repeat could charge again, so only a human decides.
      charge.state := 'unknown';
      charge.tries := charge.tries + 1;
      charge.next_at := CASE
        WHEN charge.first_sent_at >= at - interval '14 days' THEN at + least(2 ^ (least(charge.tries, 7) - 1), 60) * interval '1 minute'
      END;
  END CASE;
  UPDATE charges
  SET state = charge.state, order_id = charge.order_id, lease_until = NULL, next_at = charge.next_at, dispatched_until = NULL, tries = charge.tries,
      settled_at = charge.settled_at, decline_code = charge.decline_code
  WHERE subscription_id = of_subscription AND period_no = of_period;
  PERFORM fold_subscription(of_subscription, at, counts_sandbox);
  IF charge.state IN ('declined', 'given_up') THEN
    told := tell_payer(
      it.user_id, 'payment_failed', concat_ws(':', of_subscription, of_period, charge.attempt), jsonb_build_object('needs_new_card', needs_new_card), at
    );
  END IF;
  RETURN jsonb_build_object('state', charge.state, 'wake_at', charge.next_at, 'told', told);
END
$$;
