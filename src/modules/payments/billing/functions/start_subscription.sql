-- Begins a subscription at Toss with a registered card. `asked` holds id, request_hash, plan, anyway, trial_only, document_version, trial_key (of the card, in hex, or null)
-- and card_row (a row of billing_keys). Answers `started`, `known` when it stands already, or why not: `unknown_plan`, `already_subscribed`, `trial_used`, `card_replaced`.
-- The trial is decided here alone: it takes the keys of all that it is counted by, and who finds one of them taken has had a trial. Of two who take the same key at once the
-- second waits for the first. The caller has locked the row of `of_user`.
CREATE OR REPLACE FUNCTION start_subscription(of_user uuid, asked jsonb, inner_pad bytea, outer_pad bytea, at timestamptz, counts_sandbox boolean) RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  new_id CONSTANT uuid := (asked ->> 'id')::uuid;
  key_id CONSTANT uuid := (asked #>> '{card_row,id}')::uuid;
  of_plan plans%ROWTYPE;
  person CONSTANT uuid := (SELECT store_account_token FROM users WHERE id = of_user);
  wanted int;
  taken int;
  is_trial boolean := false;
  paid_from timestamptz := at;
BEGIN
  IF EXISTS (SELECT 1 FROM subscriptions WHERE id = new_id) THEN RETURN 'known'; END IF;
  SELECT * INTO of_plan FROM plans WHERE code = asked ->> 'plan' AND is_active;
  IF NOT FOUND THEN RETURN 'unknown_plan'; END IF;
  IF NOT (asked ->> 'anyway')::boolean AND EXISTS (
    SELECT 1 FROM subscriptions it WHERE it.user_id = of_user AND subscription_state(it, at) NOT IN ('expired', 'revoked', 'superseded')
  ) THEN RETURN 'already_subscribed'; END IF;
  IF EXISTS (SELECT 1 FROM billing_keys WHERE id = key_id AND state = 'dead') THEN RETURN 'card_replaced'; END IF;

  INSERT INTO billing_keys (id, user_id, customer_key, sealed_key, key_hash, card, created_at)
  SELECT key_id, of_user, given.customer_key, given.sealed_key, given.key_hash, given.card, at
  FROM jsonb_to_record(asked -> 'card_row') AS given (customer_key text, sealed_key text, key_hash text, card jsonb)
  ON CONFLICT (id) DO NOTHING;
  INSERT INTO subscriptions (id, user_id, person_ref, provider, environment, external_id, plan, billing_key_id, request_hash, created_at)
  VALUES (new_id, of_user, person, 'toss', 'production', new_id, of_plan.code, key_id, asked ->> 'request_hash', at);
  INSERT INTO subscription_owners (subscription_id, from_at, user_id) VALUES (new_id, '-infinity', of_user);

  IF of_plan.trial_days > 0 AND asked ->> 'trial_key' IS NOT NULL THEN
    WITH keys AS (
      SELECT key FROM trial_keys_of(of_user, inner_pad, outer_pad) AS key
      UNION
      SELECT decode(asked ->> 'trial_key', 'hex')
    ), used AS (
      INSERT INTO trial_uses (key_hash, used_at, subscription_id) SELECT key, at, new_id FROM keys ORDER BY key ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM keys), (SELECT count(*) FROM used) INTO wanted, taken;
    is_trial := wanted = taken;
  END IF;
  -- Whoever was promised a trial is not charged instead. All of the above is undone.
  IF NOT is_trial AND coalesce((asked ->> 'trial_only')::boolean, false) THEN RAISE EXCEPTION USING ERRCODE = 'WB001'; END IF;
  IF is_trial THEN
    paid_from := at + make_interval(hours => 24 * of_plan.trial_days);
    INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, kind, plan, starts_at, ends_at, amount_won, currency, tells_revocation)
    VALUES (new_id, 'trial', at, 'issue', 'trial', of_plan.code, at, paid_from, 0, 'KRW', true);
    UPDATE subscriptions SET anchor_at = paid_from WHERE id = new_id;
  END IF;
  INSERT INTO payment_consents (user_id, person_ref, subscription_id, kind, is_agreed, plan, document_version, price_after, method, agreed_at)
  SELECT of_user, person, new_id, 'auto_renewal', true, of_plan.code, asked ->> 'document_version', plan_prices.price_won, 'toss', at
  FROM plan_prices
  WHERE plan_prices.plan = of_plan.code AND plan_prices.starts_at <= paid_from
  ORDER BY plan_prices.starts_at DESC
  LIMIT 1;
  IF NOT is_trial THEN PERFORM open_first_charge(new_id, at); END IF;
  PERFORM fold_subscription(new_id, at, counts_sandbox);
  RETURN 'started';
EXCEPTION
  WHEN SQLSTATE 'WB001' THEN RETURN 'trial_used';
END
$$;
