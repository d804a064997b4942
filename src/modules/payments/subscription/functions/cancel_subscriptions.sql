-- Stops what Toss would go on charging. Answers whether there was anything: {outcome: cancelled | none, ends_at}. `none` is also said where only a store charges. What was
-- cancelled before is answered as it was. The caller has locked the row of `of_user`.
CREATE OR REPLACE FUNCTION cancel_subscriptions(of_user uuid, at timestamptz, counts_sandbox boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  it subscriptions%ROWTYPE;
  ids uuid[] := '{}';
  is_store CONSTANT boolean := EXISTS (
    SELECT 1 FROM subscriptions other WHERE other.user_id = of_user AND other.provider <> 'toss' AND subscription_state(other, at) NOT IN ('expired', 'revoked', 'superseded')
  );
BEGIN
  FOR it IN
    SELECT * FROM subscriptions WHERE user_id = of_user AND provider = 'toss' ORDER BY id FOR UPDATE
  LOOP
    CONTINUE WHEN subscription_state(it, at) IN ('expired', 'revoked', 'superseded') AND NOT (it.auto_renew AND EXISTS (
      SELECT 1 FROM charges WHERE subscription_id = it.id AND state IN ('due', 'sending', 'unknown', 'declined')
    ));
    ids := ids || it.id;
    CONTINUE WHEN NOT it.auto_renew;
    PERFORM stop_renewing(it.id, at, counts_sandbox);
  END LOOP;
  IF ids = '{}' AND NOT is_store THEN
    ids := ARRAY(SELECT id FROM subscriptions WHERE user_id = of_user AND provider = 'toss' AND cancelled_at IS NOT NULL ORDER BY cancelled_at DESC, id LIMIT 1);
  END IF;
  RETURN jsonb_build_object(
    'outcome', CASE WHEN ids = '{}' THEN 'none' ELSE 'cancelled' END, 'ends_at', (SELECT max(ends_at) FROM subscriptions WHERE id = ANY (ids))
  );
END
$$;
