-- The periods of a subscription, as the newest facts about each say. The bounds and the revocation have each their own newest fact, because a provider may tell one without
-- the other. Of facts with the same time a revocation wins, then the later end, then the greater event id. A period begins where the
-- first fact says, because what shortens or lengthens it moves its end alone. An upgraded one ends where the next begins.
CREATE OR REPLACE FUNCTION known_periods(of_subscription uuid) RETURNS TABLE (
  ref text, kind period_kind, plan text, starts_at timestamptz, ends_at timestamptz, next_starts_at timestamptz, amount_won int, currency text, is_family boolean,
  revoked_at timestamptz, fact_at timestamptz
)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  WITH bounds AS (
    SELECT DISTINCT ON (facts.ref) facts.ref, facts.kind, facts.plan, facts.ends_at, facts.amount_won, facts.currency, facts.is_family, facts.is_upgraded, facts.fact_at,
           first_value(facts.starts_at) OVER (PARTITION BY facts.ref ORDER BY facts.fact_at, facts.event_id) AS starts_at
    FROM period_facts facts
    WHERE facts.subscription_id = of_subscription AND facts.ends_at IS NOT NULL
    ORDER BY facts.ref, facts.fact_at DESC, facts.is_upgraded DESC, facts.ends_at DESC, facts.event_id DESC
  ), revocations AS (
    SELECT DISTINCT ON (facts.ref) facts.ref, facts.revoked_at
    FROM period_facts facts
    WHERE facts.subscription_id = of_subscription AND facts.tells_revocation
    ORDER BY facts.ref, facts.fact_at DESC, facts.revoked_at IS NULL, facts.revoked_at, facts.event_id DESC
  ), follow AS (
    SELECT bounds.*, lead(bounds.starts_at) OVER (ORDER BY bounds.starts_at, bounds.ends_at, bounds.ref) AS follows_at FROM bounds
  )
  SELECT follow.ref, follow.kind, follow.plan, follow.starts_at,
         CASE WHEN follow.is_upgraded THEN least(follow.ends_at, follow.follows_at) ELSE follow.ends_at END,
         follow.follows_at, follow.amount_won, follow.currency, follow.is_family, revocations.revoked_at, follow.fact_at
  FROM follow
  LEFT JOIN revocations ON revocations.ref = follow.ref;
END
$$;
