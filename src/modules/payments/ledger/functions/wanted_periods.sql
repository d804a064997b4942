-- The rows of premium_periods that follow from a subscription: what it covers, cut where it went to another owner. A purchase of a sandbox covers only testers, unless
-- `counts_sandbox` says that this is no production. What comes back within a period to who had it before is another row of theirs, with a ref of its own.
CREATE OR REPLACE FUNCTION wanted_periods(of_subscription uuid, counts_sandbox boolean) RETURNS TABLE (ref text, user_id uuid, starts_at timestamptz, ends_at timestamptz, revoked_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT concat_ws(':again:', covered.ref, nullif(row_number() OVER (PARTITION BY covered.ref, owner.user_id ORDER BY owner.from_at), 1)), owner.user_id,
         greatest(covered.starts_at, owner.from_at), least(covered.ends_at, owner.until_at), covered.revoked_at
  FROM covered_times(of_subscription) AS covered
  JOIN (
    SELECT owners.user_id, owners.from_at, lead(owners.from_at) OVER (ORDER BY owners.from_at) AS until_at
    FROM subscription_owners owners
    WHERE owners.subscription_id = of_subscription
  ) AS owner ON greatest(covered.starts_at, owner.from_at) < least(covered.ends_at, owner.until_at)
  JOIN subscriptions ON subscriptions.id = of_subscription
  JOIN users ON users.id = owner.user_id
  WHERE counts_sandbox OR subscriptions.environment = 'production' OR users.role <> 'user';
END
$$;
