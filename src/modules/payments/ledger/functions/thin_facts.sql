-- Deletes what only repeats. A phone may show the same purchase at each start, and each time it is signed anew. Of a run of equal facts the first and the last decide
-- everything, whatever may still come from between, so those that were only shown between two equal ones go.
CREATE OR REPLACE FUNCTION thin_facts(of_subscription uuid) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  WITH content AS (
    SELECT ref, fact_at, event_id, tells_revocation,
           jsonb_build_array(kind, plan, starts_at, ends_at, amount_won, currency, is_family, is_upgraded, revoked_at, revoked_share) AS said
    FROM period_facts
    WHERE subscription_id = of_subscription
  ), placed AS (
    SELECT content.*, lag(said) OVER run AS before, lead(said) OVER run AS after
    FROM content
    WINDOW run AS (PARTITION BY ref, tells_revocation ORDER BY fact_at, event_id)
  )
  DELETE FROM period_facts
  USING placed
  WHERE period_facts.subscription_id = of_subscription AND period_facts.ref = placed.ref AND period_facts.fact_at = placed.fact_at AND period_facts.event_id = placed.event_id
    AND period_facts.tells_revocation = placed.tells_revocation AND placed.event_id LIKE 'shown:%' AND placed.before = placed.said AND placed.after = placed.said;

  WITH content AS (
    SELECT fact_at, event_id,
           jsonb_build_array(auto_renew, next_plan, grace_ends_at, is_on_hold, is_paused, paused_until, is_pending, consent_required_until, expired_reason) AS said
    FROM renewal_facts
    WHERE subscription_id = of_subscription
  ), placed AS (
    SELECT content.*, lag(said) OVER run AS before, lead(said) OVER run AS after
    FROM content
    WINDOW run AS (ORDER BY fact_at, event_id)
  )
  DELETE FROM renewal_facts
  USING placed
  WHERE renewal_facts.subscription_id = of_subscription AND renewal_facts.fact_at = placed.fact_at AND renewal_facts.event_id = placed.event_id
    AND placed.event_id LIKE 'shown:%' AND placed.before = placed.said AND placed.after = placed.said;
END
$$;
