-- Settles a payment of Toss, as its API has shown it to somebody who asked at `asked_at`: the order that it pays, or what was given back of a charge. Confirming, webhooks and
-- asking again all end here, in any order and as often as they like. Answers {outcome, told}, the latter being the notifications. `applied` and `stale` are as with events,
-- `unknown` says that no order of ours is meant, and `mismatch` that the payment cannot be that of the order.
-- DONE may become WAITING_FOR_DEPOSIT again when a bank corrects itself. So that an old answer cannot turn a payment round, it must have been asked for after the last turn.
CREATE OR REPLACE FUNCTION settle_order(payment jsonb, asked_at timestamptz, at timestamptz, counts_sandbox boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  key CONSTANT text := payment ->> 'payment_key';
  of_order CONSTANT text := payment ->> 'order_id';
  status CONSTANT text := payment ->> 'status';
  total CONSTANT int := (payment ->> 'total_amount')::int;
  approved_at CONSTANT timestamptz := (payment ->> 'approved_at')::timestamptz;
  turn_key CONSTANT text := coalesce(payment ->> 'last_transaction_key', (payment ->> 'payment_key') || ':' || at);
  it orders%ROWTYPE;
  paying charges%ROWTYPE;
  sub uuid;
  period_ref text;
  owner uuid;
  person uuid;
  product products%ROWTYPE;
  held int; -- what the ledger holds of the payment
  outcome text := 'stale';
  given_back text[];
  noted uuid[];
  taken_at timestamptz;
  told uuid[] := '{}';
BEGIN
  PERFORM 1 FROM users WHERE id = (SELECT user_id FROM orders WHERE id = of_order) FOR NO KEY UPDATE;
  SELECT * INTO it FROM orders WHERE id = of_order FOR UPDATE;
  IF FOUND THEN
    owner := it.user_id;
    person := it.person_ref;
    SELECT * INTO product FROM products WHERE id = it.product_id;
    SELECT id INTO sub FROM subscriptions WHERE provider = 'toss' AND environment = 'production' AND external_id = of_order;
    period_ref := '0';
    held := (SELECT coalesce(sum(amount_won), 0) FROM payments WHERE provider = 'toss' AND order_id = of_order);
    IF total <> it.amount_won OR payment ->> 'currency' <> 'KRW' OR (it.payment_key <> key AND it.state IN ('waiting', 'paid', 'cancelled')) THEN
      RETURN jsonb_build_object('outcome', CASE WHEN status IN ('READY', 'IN_PROGRESS', 'ABORTED', 'EXPIRED') THEN 'stale' ELSE 'mismatch' END, 'told', '[]'::jsonb);
    END IF;

    IF status IN ('ABORTED', 'EXPIRED') OR (status = 'CANCELED' AND approved_at IS NULL AND held = 0) THEN
      -- Nothing was paid.
      UPDATE orders
      SET state = CASE WHEN status = 'CANCELED' THEN 'cancelled'::order_state ELSE 'failed' END, decline_code = coalesce(decline_code, status), lease_until = NULL, next_at = NULL,
          settled_at = at
      WHERE id = of_order AND payment_key = key AND state IN ('sending', 'unknown', 'waiting');
      IF FOUND THEN outcome := 'applied'; END IF;
    ELSIF status = 'WAITING_FOR_DEPOSIT' THEN
      IF it.state IN ('waiting', 'cancelled') OR (it.state = 'paid' AND asked_at < it.settled_at) THEN
        RETURN jsonb_build_object('outcome', outcome, 'told', '[]'::jsonb);
      END IF;
      IF held > 0 THEN
        INSERT INTO payments (provider, transaction_id, kind, user_id, person_ref, subscription_id, order_id, product_id, amount_won, currency, method, at, source_event)
        VALUES ('toss', turn_key, 'reversal', owner, person, sub, of_order, it.product_id, -held, 'KRW', payment ->> 'method', at, of_order);
        UPDATE purchases SET revoked_at = at, fact_at = at WHERE provider = 'toss' AND environment = 'production' AND ref = of_order AND revoked_at IS NULL;
        IF sub IS NOT NULL THEN PERFORM take_back_period(sub, period_ref, at, 1, of_order || ':' || turn_key, at, counts_sandbox); END IF;
      END IF;
      UPDATE orders
      SET state = 'waiting', payment_key = key, secret = payment ->> 'secret', decline_code = NULL, lease_until = NULL, next_at = NULL, settled_at = at
      WHERE id = of_order;
      outcome := 'applied';
    ELSIF status IN ('DONE', 'PARTIAL_CANCELED', 'CANCELED') AND it.state NOT IN ('paid', 'cancelled') THEN
      IF it.state = 'waiting' AND asked_at < it.settled_at THEN
        RETURN jsonb_build_object('outcome', outcome, 'told', '[]'::jsonb);
      END IF;
      IF product.plan IS NOT NULL THEN
        INSERT INTO subscriptions (user_id, person_ref, provider, environment, external_id, plan, auto_renew, anchor_at, months, period_no, created_at)
        SELECT owner, person, 'toss', 'production', of_order, plans.code, false, approved_at, plans.interval_months, 1, at FROM plans WHERE plans.code = product.plan
        ON CONFLICT (provider, environment, external_id) DO NOTHING;
        SELECT id INTO sub FROM subscriptions WHERE provider = 'toss' AND environment = 'production' AND external_id = of_order FOR UPDATE;
        INSERT INTO subscription_owners (subscription_id, from_at, user_id) SELECT sub, '-infinity', owner WHERE owner IS NOT NULL ON CONFLICT DO NOTHING;
        INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, kind, plan, starts_at, ends_at, amount_won, currency, tells_revocation)
        SELECT sub, period_ref, at, of_order, 'paid', plans.code, approved_at, month_after(approved_at, plans.interval_months), total, 'KRW', true
        FROM plans
        WHERE plans.code = product.plan
        ON CONFLICT DO NOTHING;
        PERFORM fold_subscription(sub, at, counts_sandbox);
      ELSE
        INSERT INTO purchases AS known (provider, environment, ref, product_id, user_id, person_ref, granted_at, fact_at)
        VALUES ('toss', 'production', of_order, it.product_id, owner, person, approved_at, at)
        ON CONFLICT (provider, environment, ref) DO UPDATE SET granted_at = excluded.granted_at, revoked_at = NULL, fact_at = excluded.fact_at;
      END IF;
      INSERT INTO payments (provider, transaction_id, kind, user_id, person_ref, subscription_id, order_id, product_id, amount_won, currency, method, at, receipt_url, source_event)
      SELECT 'toss', CASE WHEN EXISTS (SELECT 1 FROM payments known WHERE known.provider = 'toss' AND known.transaction_id = key AND known.kind = 'charge') THEN turn_key ELSE key END,
             'charge', owner, person, sub, of_order, it.product_id, total, 'KRW', payment ->> 'method', approved_at, payment ->> 'receipt_url', of_order;
      UPDATE orders
      SET state = 'paid', payment_key = key, secret = payment ->> 'secret', decline_code = NULL, lease_until = NULL, next_at = NULL, settled_at = at
      WHERE id = of_order;
      WITH made AS (
        INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
        SELECT owner, 'payment_done', of_order, jsonb_build_object('price_won', total), at, at, at + interval '1 minute'
        WHERE owner IS NOT NULL AND status <> 'CANCELED'
        ON CONFLICT (user_id, type, topic) DO NOTHING
        RETURNING id
      )
      SELECT array_agg(made.id) INTO noted FROM made;
      told := told || coalesce(noted, '{}');
      outcome := 'applied';
    END IF;
  ELSE
    PERFORM 1
    FROM users
    WHERE id IN (
      SELECT owners.user_id FROM charges JOIN subscription_owners owners ON owners.subscription_id = charges.subscription_id WHERE charges.order_id = of_order
    )
    ORDER BY id
    FOR NO KEY UPDATE;
    SELECT * INTO paying FROM charges WHERE order_id = of_order;
    IF NOT FOUND THEN RETURN jsonb_build_object('outcome', 'unknown', 'told', '[]'::jsonb); END IF;
    -- Whether a charge was paid is for the one that charges to settle.
    IF paying.state <> 'done' OR paying.payment_key <> key THEN RETURN jsonb_build_object('outcome', outcome, 'told', '[]'::jsonb); END IF;
    IF paying.amount_won <> total THEN RETURN jsonb_build_object('outcome', 'mismatch', 'told', '[]'::jsonb); END IF;
    sub := paying.subscription_id;
    period_ref := paying.period_no::text;
    SELECT user_id, person_ref INTO owner, person FROM subscriptions WHERE id = sub FOR UPDATE;
    SELECT * INTO product FROM products WHERE plan = paying.plan;
  END IF;

  IF status IN ('PARTIAL_CANCELED', 'CANCELED') THEN
    WITH added AS (
      INSERT INTO payments (provider, transaction_id, kind, user_id, person_ref, subscription_id, order_id, product_id, amount_won, currency, method, at, source_event)
      SELECT 'toss', cancel.transaction_key, 'refund', owner, person, sub, of_order, product.id, -cancel.amount, 'KRW', payment ->> 'method', cancel.canceled_at, of_order
      FROM jsonb_to_recordset(payment -> 'cancels') AS cancel (transaction_key text, amount int, canceled_at timestamptz, status text)
      WHERE cancel.status = 'DONE' AND cancel.amount > 0 AND EXISTS (SELECT 1 FROM payments paid WHERE paid.provider = 'toss' AND paid.order_id = of_order AND paid.kind = 'charge')
      ON CONFLICT DO NOTHING
      RETURNING transaction_id, amount_won
    ), made AS (
      INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
      SELECT owner, 'refunded', added.transaction_id, jsonb_build_object('amount_won', -added.amount_won), at, at, at + interval '1 minute'
      FROM added
      WHERE owner IS NOT NULL
      ON CONFLICT (user_id, type, topic) DO NOTHING
      RETURNING id
    )
    SELECT (SELECT array_agg(added.transaction_id) FROM added), (SELECT array_agg(made.id) FROM made) INTO given_back, noted;
    IF given_back IS NOT NULL THEN outcome := 'applied'; END IF;
    told := told || coalesce(noted, '{}');
  END IF;
  IF status = 'CANCELED' THEN
    UPDATE orders SET state = 'cancelled' WHERE id = of_order AND state = 'paid';
    IF FOUND THEN outcome := 'applied'; END IF;
    SELECT coalesce(max(cancel.canceled_at), at) INTO taken_at FROM jsonb_to_recordset(payment -> 'cancels') AS cancel (canceled_at timestamptz);
    UPDATE purchases
    SET revoked_at = taken_at, fact_at = at
    WHERE provider = 'toss' AND environment = 'production' AND ref = of_order AND revoked_at IS NULL;
    IF sub IS NOT NULL THEN PERFORM take_back_period(sub, period_ref, taken_at, 1, of_order || ':' || turn_key, at, counts_sandbox); END IF;
  END IF;
  RETURN jsonb_build_object('outcome', outcome, 'told', to_jsonb(told));
END
$$;
