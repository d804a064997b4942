-- Takes in what a store says about a product that is bought once, and whose it is (src/modules/payments/ledger/facts.ts). Answers {outcome, user_id, moved_from} like
-- apply_purchase. The newest fact decides whether it is revoked. A refund enters the ledger also when a newer fact has come before it, and a refund that the newest fact
-- knows nothing of was taken back. So no order matters. Calls about one purchase run one after the other.
CREATE OR REPLACE FUNCTION apply_item(item jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  said record;
  claimant CONSTANT uuid := (item #>> '{claim,user_id}')::uuid;
  is_transfer CONSTANT boolean := coalesce((item #>> '{claim,transfer}')::boolean, false);
  it purchases%ROWTYPE;
  owner uuid;
  former uuid;
  outcome text := 'stale';
BEGIN
  SELECT told.provider, told.environment, told.ref, told.product_id, told.account_token, told.event_id, told.fact_at, told.granted_at, told.revoked_at,
         coalesce(told.amount_won, products.price_won) AS amount_won, told.currency
  INTO said
  FROM jsonb_to_record(item) AS told (
    provider payment_provider, environment purchase_environment, ref text, product_id text, account_token uuid, event_id text, fact_at timestamptz,
    granted_at timestamptz, revoked_at timestamptz, amount_won int, currency text
  )
  JOIN products ON products.id = told.product_id;
  -- It looks like one of ours, and is not.
  IF NOT FOUND THEN RETURN jsonb_build_object('outcome', 'ignored', 'user_id', NULL, 'moved_from', NULL); END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(':', said.provider, said.environment, 'item', said.ref), 0));
  -- Accounts before the purchase, as everywhere.
  PERFORM 1
  FROM users
  WHERE id IN (
    claimant, (SELECT id FROM users WHERE store_account_token = said.account_token),
    (SELECT user_id FROM purchases WHERE provider = said.provider AND environment = said.environment AND ref = said.ref),
    (SELECT user_id FROM payments WHERE provider = said.provider AND transaction_id = said.ref AND kind = 'charge')
  )
  ORDER BY id
  FOR NO KEY UPDATE;
  SELECT * INTO it FROM purchases WHERE provider = said.provider AND environment = said.environment AND ref = said.ref;
  IF NOT FOUND THEN
    INSERT INTO purchases (provider, environment, ref, product_id, account_token, granted_at, revoked_at, fact_at)
    VALUES (said.provider, said.environment, said.ref, said.product_id, said.account_token, said.granted_at, said.revoked_at, said.fact_at)
    RETURNING * INTO it;
    outcome := 'applied';
  ELSIF said.fact_at > it.fact_at OR (said.fact_at = it.fact_at AND said.revoked_at IS NOT NULL AND it.revoked_at IS NULL) THEN
    UPDATE purchases
    SET revoked_at = said.revoked_at, fact_at = said.fact_at, account_token = coalesce(said.account_token, account_token)
    WHERE provider = said.provider AND environment = said.environment AND ref = said.ref;
    IF it.revoked_at IS DISTINCT FROM said.revoked_at THEN outcome := 'applied'; END IF;
  END IF;

  owner := coalesce(it.user_id, (SELECT id FROM users WHERE store_account_token = said.account_token), (SELECT id FROM users WHERE id = claimant));
  IF claimant IS NOT NULL AND owner <> claimant THEN
    IF NOT is_transfer THEN outcome := 'taken';
    ELSIF it.transferred_at > at - interval '30 days' THEN outcome := 'too_soon';
    ELSE
      outcome := 'moved';
      former := owner;
      owner := claimant;
    END IF;
  END IF;
  IF owner IS DISTINCT FROM it.user_id THEN
    UPDATE purchases
    SET user_id = owner, person_ref = (SELECT store_account_token FROM users WHERE id = owner),
        transferred_at = CASE WHEN outcome = 'moved' THEN at ELSE transferred_at END
    WHERE provider = said.provider AND environment = said.environment AND ref = said.ref;
    IF outcome = 'stale' THEN outcome := 'applied'; END IF;
  END IF;
  INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
  SELECT former, 'purchase_moved', concat_ws(':', said.ref, extract(epoch FROM at)), '{}', at, at, at + interval '1 minute'
  WHERE outcome = 'moved'
  ON CONFLICT (user_id, type, topic) DO NOTHING;

  IF said.environment = 'production' AND said.amount_won > 0 THEN
    INSERT INTO payments AS known (provider, transaction_id, kind, user_id, person_ref, product_id, amount_won, currency, method, at, source_event)
    SELECT said.provider, said.ref, turn.kind, CASE WHEN paid.person_ref IS NULL THEN owner ELSE paid.user_id END, coalesce(paid.person_ref, purchases.person_ref), said.product_id, turn.amount_won, said.currency, said.provider::text, turn.at, said.event_id
    FROM purchases
    CROSS JOIN LATERAL (
      SELECT 'charge'::payment_kind AS kind, said.amount_won, said.granted_at AS at
      UNION ALL
      SELECT 'refund', -said.amount_won, said.revoked_at WHERE said.revoked_at IS NOT NULL
      UNION ALL
      SELECT 'reversal', said.amount_won, purchases.fact_at
      WHERE purchases.revoked_at IS NULL
        AND (
          said.revoked_at IS NOT NULL
          OR EXISTS (SELECT 1 FROM payments back WHERE back.provider = said.provider AND back.transaction_id = said.ref AND back.kind = 'refund')
        )
    ) AS turn
    -- The money goes back to whoever paid.
    LEFT JOIN payments paid ON paid.provider = said.provider AND paid.transaction_id = said.ref AND paid.kind = 'charge'
    WHERE purchases.provider = said.provider AND purchases.environment = said.environment AND purchases.ref = said.ref
    ON CONFLICT (provider, transaction_id, kind) DO UPDATE
    SET at = least(known.at, excluded.at), user_id = CASE WHEN known.person_ref IS NULL THEN excluded.user_id ELSE known.user_id END, person_ref = coalesce(known.person_ref, excluded.person_ref)
    WHERE known.at > excluded.at OR known.person_ref IS NULL AND excluded.person_ref IS NOT NULL;
  END IF;
  RETURN jsonb_build_object(
    'outcome', CASE WHEN owner IS NULL THEN 'parked' ELSE outcome END, 'user_id', owner, 'moved_from', former
  );
END
$$;
