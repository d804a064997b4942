-- What a subscription is at an instant (docs/product.md#premium).
CREATE OR REPLACE FUNCTION subscription_state(it subscriptions, at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE
    WHEN it.superseded_at <= at THEN 'superseded'
    WHEN it.ends_at > at AND NOT it.auto_renew THEN 'cancelled'
    WHEN it.ends_at > at AND it.trial_ends_at >= it.ends_at THEN 'trialing'
    WHEN it.ends_at > at THEN 'active'
    WHEN it.grace_ends_at > at AND NOT it.auto_renew THEN 'cancelled'
    WHEN it.grace_ends_at > at THEN 'grace'
    WHEN it.is_revoked THEN 'revoked'
    WHEN it.is_pending OR EXISTS (
      -- Its first charge is on the way.
      SELECT 1 FROM charges WHERE charges.subscription_id = it.id AND NOT charges.has_grace AND charges.state IN ('due', 'sending', 'unknown')
    ) THEN 'pending'
    WHEN it.is_paused THEN 'paused'
    WHEN it.hold_ends_at > at THEN 'on_hold'
    ELSE 'expired'
  END;
END
$$;
