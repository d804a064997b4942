-- Gives a subscription at Toss another card (a row of billing_keys). The old key is dead, unless another subscription is charged by it. A charge that was declined is due at
-- once, with the same order and bounds. Answers {outcome: done | none | card_replaced, subscription_id, period_no}; `period_no` is that of the charge that is due. The caller has locked the row of `of_user`.
CREATE OR REPLACE FUNCTION replace_card(of_user uuid, card_row jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  new_key CONSTANT uuid := (card_row ->> 'id')::uuid;
  it subscriptions%ROWTYPE;
  due int;
BEGIN
  SELECT * INTO it FROM subscriptions WHERE id = toss_subscription_of(of_user, at) FOR UPDATE;
  IF NOT FOUND THEN RETURN jsonb_build_object('outcome', 'none'); END IF;
  IF it.billing_key_id IS DISTINCT FROM new_key THEN
    IF EXISTS (SELECT 1 FROM billing_keys WHERE id = new_key AND state = 'dead') THEN RETURN jsonb_build_object('outcome', 'card_replaced'); END IF;
    INSERT INTO billing_keys (id, user_id, customer_key, sealed_key, key_hash, card, created_at)
    SELECT new_key, of_user, given.customer_key, given.sealed_key, given.key_hash, given.card, at
    FROM jsonb_to_record(card_row) AS given (customer_key text, sealed_key text, key_hash text, card jsonb)
    ON CONFLICT (id) DO NOTHING;
    UPDATE subscriptions SET billing_key_id = new_key WHERE id = it.id;
    IF it.billing_key_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE billing_key_id = it.billing_key_id) THEN
      UPDATE billing_keys SET state = 'dead', dead_reason = coalesce(dead_reason, 'replaced') WHERE id = it.billing_key_id;
    END IF;
    due := charge_now(it.id, at);
  END IF;
  RETURN jsonb_build_object('outcome', 'done', 'subscription_id', it.id, 'period_no', due);
END
$$;
