-- Keeps what somebody decides about the next charge of Toss, when it needs a consent of its own and is at most 30 days away (`charge_terms`). A repeat adds nothing. Decisions
-- of one person are told apart by their times, so each is later than the one before. The caller has locked the row of `of_user`.
CREATE OR REPLACE FUNCTION decide_charge_consent(of_user uuid, of_kind payment_consent_kind, agrees boolean, of_price int, version text, at timestamptz, counts_sandbox boolean) RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  it subscriptions%ROWTYPE;
  terms record;
  last payment_consents%ROWTYPE;
BEGIN
  SELECT * INTO it FROM subscriptions WHERE id = toss_subscription_of(of_user, at) FOR UPDATE;
  IF NOT FOUND THEN RETURN 'none'; END IF;
  SELECT * INTO terms FROM charge_terms(it.id);
  IF NOT it.auto_renew OR terms.needs IS DISTINCT FROM of_kind OR terms.charge_at <= at OR terms.charge_at - interval '30 days' > at THEN RETURN 'not_open'; END IF;
  -- Nothing may stand in the way of a refusal.
  IF agrees AND of_price <> terms.amount_won THEN RETURN 'amount_mismatch'; END IF;
  SELECT * INTO last FROM payment_consents WHERE subscription_id = it.id AND kind = of_kind ORDER BY agreed_at DESC, id LIMIT 1;
  IF (last.is_agreed, last.plan, last.price_after, last.charge_at) IS NOT DISTINCT FROM (agrees, terms.plan, terms.amount_won, terms.charge_at) THEN RETURN 'done'; END IF;
  INSERT INTO payment_consents (user_id, person_ref, subscription_id, kind, is_agreed, plan, document_version, price_before, price_after, charge_at, method, agreed_at)
  VALUES (of_user, it.person_ref, it.id, of_kind, agrees, terms.plan, version, terms.price_before, terms.amount_won, terms.charge_at, 'toss',
          greatest(at, last.agreed_at + interval '1 millisecond'));
  IF NOT agrees THEN PERFORM void_early_charge(it.id, at, counts_sandbox); END IF;
  RETURN 'done';
END
$$;
