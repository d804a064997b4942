-- Where a store lets somebody manage a subscription. NULL for Toss.
CREATE OR REPLACE FUNCTION manage_url(it subscriptions) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE it.provider
    WHEN 'ios_iap' THEN 'https://apps.apple.com/account/subscriptions'
    WHEN 'google_play' THEN 'https://play.google.com/store/account/subscriptions?sku=' || (SELECT plans.product_id FROM plans WHERE plans.code = it.plan)
  END;
END
$$;
