-- What stores go on charging somebody for, as JSON. Only they can end it, there, whether or not they have an account here.
CREATE OR REPLACE FUNCTION renewing_at_stores(of_user uuid, at timestamptz) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object('method', it.provider, 'manage_url', manage_url(it)) ORDER BY it.created_at, it.id), '[]')
    FROM subscriptions it
    WHERE it.user_id = of_user AND it.provider <> 'toss' AND it.auto_renew
      AND subscription_state(it, at) NOT IN ('cancelled', 'expired', 'revoked', 'superseded')
  );
END
$$;
