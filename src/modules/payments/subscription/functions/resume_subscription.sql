-- Lets a cancelled subscription at Toss renew again, while what was paid or tried lasts. The caller has locked the row of `of_user`.
CREATE OR REPLACE FUNCTION resume_subscription(of_user uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  it subscriptions%ROWTYPE;
BEGIN
  SELECT * INTO it FROM subscriptions WHERE id = toss_subscription_of(of_user, at) FOR UPDATE;
  IF NOT FOUND THEN RETURN 'none'; END IF;
  IF it.auto_renew THEN RETURN 'done'; END IF;
  IF it.ends_at IS NULL OR it.ends_at <= at THEN RETURN 'none'; END IF;
  UPDATE subscriptions SET auto_renew = true, cancelled_at = NULL WHERE id = it.id;
  RETURN 'done';
END
$$;
