-- Somebody leaves or is banned: nothing more is charged from then on. What is paid stays, and a charge whose outcome is not known yet is settled first. It is a trigger,
-- because accounts end in several ways. Coming back renews nothing by itself. A store's subscription only its person can end.
CREATE OR REPLACE FUNCTION stop_renewals() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  at CONSTANT timestamptz := coalesce(NEW.deleted_at, NEW.banned_at);
  it record;
BEGIN
  FOR it IN
    SELECT subscriptions.id, EXISTS (SELECT 1 FROM premium_periods WHERE premium_periods.subscription_id = subscriptions.id) AS counts
    FROM subscriptions
    WHERE subscriptions.user_id = NEW.id AND subscriptions.provider = 'toss' AND subscriptions.auto_renew
    ORDER BY subscriptions.id
    FOR UPDATE
  LOOP
    -- Whether a purchase in a sandbox counts is seen from what it has given.
    PERFORM stop_renewing(it.id, at, it.counts);
  END LOOP;
  RETURN NULL;
END
$$;
