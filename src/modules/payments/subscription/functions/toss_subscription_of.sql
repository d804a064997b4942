-- The subscription at Toss that somebody can act on: the newest that is not over. A paid year renews by no card, so there is nothing to resume, change or agree to.
CREATE OR REPLACE FUNCTION toss_subscription_of(of_user uuid, at timestamptz) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT it.id
    FROM subscriptions it
    WHERE it.user_id = of_user AND it.provider = 'toss' AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.id = it.external_id)
      AND subscription_state(it, at) NOT IN ('expired', 'revoked', 'superseded')
    ORDER BY it.created_at DESC, it.id
    LIMIT 1
  );
END
$$;
