-- Takes in what a store says about a subscription, and whose it is (src/modules/payments/ledger/facts.ts says what `purchase` holds). Answers {outcome, subscription_id, user_id, moved_from}:
-- `applied`, `stale` when nothing of it was new, `parked` when it belongs to nobody yet, or why the claim was refused: `taken`, `too_soon`. What the store says is kept all the same.
-- Calls about one subscription run one after the other.
CREATE OR REPLACE FUNCTION apply_purchase(purchase jsonb, at timestamptz, counts_sandbox boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  of_provider CONSTANT payment_provider := (purchase ->> 'provider')::payment_provider;
  in_environment CONSTANT purchase_environment := (purchase ->> 'environment')::purchase_environment;
  of_external_id CONSTANT text := purchase ->> 'external_id';
  of_token CONSTANT uuid := (purchase ->> 'account_token')::uuid;
  of_event CONSTANT text := purchase ->> 'event_id';
  claimant CONSTANT uuid := (purchase #>> '{claim,user_id}')::uuid;
  is_transfer CONSTANT boolean := coalesce((purchase #>> '{claim,transfer}')::boolean, false);
  old_id uuid;
  old_owner uuid;
  it subscriptions%ROWTYPE;
  owner uuid;
  former uuid;
  outcome text := 'stale';
  changed int;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(':', of_provider, in_environment, of_external_id), 0));
  INSERT INTO subscriptions (provider, environment, external_id, plan, created_at)
  VALUES (of_provider, in_environment, of_external_id, purchase ->> 'plan', at)
  ON CONFLICT (provider, environment, external_id) DO NOTHING;
  IF purchase -> 'supersedes' ->> 'external_id' IS NOT NULL THEN
    INSERT INTO subscriptions (provider, environment, external_id, plan, created_at)
    VALUES (of_provider, in_environment, purchase -> 'supersedes' ->> 'external_id', purchase ->> 'plan', at)
    ON CONFLICT (provider, environment, external_id) DO NOTHING;
    SELECT id, user_id INTO old_id, old_owner
    FROM subscriptions
    WHERE provider = of_provider AND environment = in_environment AND external_id = purchase -> 'supersedes' ->> 'external_id';
  END IF;
  SELECT * INTO it FROM subscriptions WHERE provider = of_provider AND environment = in_environment AND external_id = of_external_id;

  -- Former owners too, because the days on which they had it are folded again.
  PERFORM 1
  FROM users
  WHERE id = ANY (
    ARRAY[it.user_id, old_owner, claimant, (SELECT id FROM users WHERE store_account_token = of_token)]
    || ARRAY(SELECT owners.user_id FROM subscription_owners owners WHERE owners.subscription_id IN (it.id, old_id))
  )
  ORDER BY id
  FOR NO KEY UPDATE;
  PERFORM 1 FROM subscriptions WHERE id IN (it.id, old_id) ORDER BY id FOR UPDATE;
  -- Read again under the locks, because an account may just have been deleted.
  SELECT * INTO it FROM subscriptions WHERE id = it.id;
  -- Whose it is: whoever has it, else whom the store's token names, else the owner of what it replaces, else whoever proves to hold it.
  owner := coalesce(
    it.user_id, (SELECT id FROM users WHERE store_account_token = of_token), (SELECT user_id FROM subscriptions WHERE id = old_id),
    (SELECT id FROM users WHERE id = claimant)
  );
  IF claimant IS NOT NULL AND owner <> claimant THEN
    IF NOT is_transfer THEN outcome := 'taken';
    ELSIF it.transferred_at > at - interval '30 days' THEN outcome := 'too_soon';
    ELSE
      outcome := 'moved';
      former := owner;
      owner := claimant;
    END IF;
  END IF;

  INSERT INTO period_facts (
    subscription_id, ref, fact_at, event_id, kind, plan, starts_at, ends_at, amount_won, currency, is_family, is_upgraded, tells_revocation, revoked_at, revoked_share
  )
  SELECT it.id, said.ref, said.fact_at, of_event, said.kind, said.plan, coalesce(said.starts_at, month_after(said.ends_at, -plans.interval_months)), said.ends_at, said.amount_won, said.currency, coalesce(said.is_family, false),
         coalesce(said.is_upgraded, false), said.tells_revocation, said.revoked_at, said.revoked_share
  FROM jsonb_to_recordset(purchase -> 'periods') AS said (
    ref text, fact_at timestamptz, kind period_kind, plan text, starts_at timestamptz, ends_at timestamptz, amount_won int, currency text, is_family boolean,
    is_upgraded boolean, is_guess boolean, tells_revocation boolean, revoked_at timestamptz, revoked_share real
  )
  LEFT JOIN plans ON plans.code = said.plan
  WHERE said.is_guess IS NOT TRUE
     OR NOT EXISTS (SELECT 1 FROM period_facts known WHERE known.subscription_id = it.id AND known.ref = said.ref AND known.ends_at IS NOT NULL)
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed > 0 AND outcome = 'stale' THEN outcome := 'applied'; END IF;
  INSERT INTO renewal_facts (subscription_id, fact_at, event_id, auto_renew, next_plan, grace_ends_at, is_on_hold, is_paused, paused_until, is_pending, consent_required_until, expired_reason)
  SELECT it.id, said.fact_at, of_event, said.auto_renew, said.next_plan, said.grace_ends_at, coalesce(said.is_on_hold, false), coalesce(said.is_paused, false), said.paused_until,
         coalesce(said.is_pending, false), said.consent_required_until, said.expired_reason
  FROM jsonb_to_recordset(purchase -> 'renewals') AS said (
    fact_at timestamptz, auto_renew boolean, next_plan text, grace_ends_at timestamptz, is_on_hold boolean, is_paused boolean, paused_until timestamptz, is_pending boolean,
    consent_required_until timestamptz, expired_reason text
  )
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed > 0 AND outcome = 'stale' THEN outcome := 'applied'; END IF;

  IF of_event LIKE 'shown:%' THEN PERFORM thin_facts(it.id); END IF;

  IF owner IS DISTINCT FROM it.user_id AND owner IS NOT NULL THEN
    INSERT INTO subscription_owners (subscription_id, from_at, user_id)
    VALUES (it.id, CASE WHEN outcome = 'moved' OR it.person_ref IS NOT NULL THEN at ELSE '-infinity' END, owner)
    ON CONFLICT (subscription_id, from_at) DO UPDATE SET user_id = excluded.user_id;
    IF outcome = 'stale' THEN outcome := 'applied'; END IF;
  END IF;
  UPDATE subscriptions
  SET user_id = owner, person_ref = coalesce((SELECT store_account_token FROM users WHERE id = owner), person_ref), account_token = coalesce(of_token, account_token),
      transferred_at = CASE WHEN outcome = 'moved' THEN at ELSE transferred_at END
  WHERE id = it.id;
  -- The former owner is told, because somebody else may hold their phone.
  INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
  SELECT former, 'purchase_moved', concat_ws(':', it.id, extract(epoch FROM at)), '{}', at, at, at + interval '1 minute'
  WHERE outcome = 'moved'
  ON CONFLICT (user_id, type, topic) DO NOTHING;
  IF old_id IS NOT NULL THEN
    UPDATE subscriptions
    SET superseded_at = least(superseded_at, (purchase -> 'supersedes' ->> 'at')::timestamptz), superseded_by = it.id
    WHERE id = old_id;
  END IF;
  INSERT INTO trial_uses (key_hash, used_at, subscription_id)
  SELECT decode(key, 'hex'), at, it.id FROM jsonb_array_elements_text(coalesce(purchase -> 'trial_keys', '[]')) AS key
  ORDER BY 1 -- as start_subscription does, so that no two wait for each other
  ON CONFLICT DO NOTHING;

  PERFORM fold_subscription(it.id, at, counts_sandbox);
  IF old_id IS NOT NULL THEN PERFORM fold_subscription(old_id, at, counts_sandbox); END IF;
  RETURN jsonb_build_object(
    'outcome', CASE WHEN owner IS NULL THEN 'parked' ELSE outcome END, 'subscription_id', it.id, 'user_id', owner, 'moved_from', former
  );
END
$$;
