-- Makes of a subscription's facts what follows from them: premium periods, its columns of what the facts add up to, and for the stores the ledger. Nothing depends on the
-- order in which the facts came. The caller has locked the rows of the owners. Where the coverage of a past day changed, streaks are folded again, because a rest day may
-- lie there. `counts_sandbox`: whether purchases of a store's sandbox count for everybody.
CREATE OR REPLACE FUNCTION fold_subscription(of_subscription uuid, at timestamptz, counts_sandbox boolean) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  it subscriptions%ROWTYPE;
  change record;
  folded date;
BEGIN
  SELECT * INTO it FROM subscriptions WHERE id = of_subscription FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;

  -- The stores say how the subscription goes on. At Toss it is ours, so the columns are written by what people do.
  IF it.provider <> 'toss' THEN
    UPDATE subscriptions
    SET auto_renew = newest.auto_renew, next_plan = nullif(newest.next_plan, coalesce(latest.plan, it.plan)), is_paused = newest.is_paused, paused_until = newest.paused_until,
        is_pending = newest.is_pending, consent_required_until = newest.consent_required_until, expired_reason = newest.expired_reason,
        hold_ends_at = CASE WHEN newest.is_on_hold THEN latest.ends_at + interval '60 days' END,
        plan = coalesce(latest.plan, it.plan)
    FROM (SELECT * FROM renewal_facts WHERE subscription_id = of_subscription ORDER BY fact_at DESC, event_id DESC LIMIT 1) AS newest
    LEFT JOIN (SELECT known.plan, known.ends_at FROM known_periods(of_subscription) AS known ORDER BY known.starts_at DESC, known.ends_at DESC LIMIT 1) AS latest ON true
    WHERE subscriptions.id = of_subscription;
  END IF;

  UPDATE subscriptions
  SET ends_at = sums.ends_at, grace_ends_at = CASE WHEN sums.grace_ends_at > sums.ends_at THEN sums.grace_ends_at END, trial_ends_at = sums.trial_ends_at,
      is_revoked = coalesce((
        SELECT known.revoked_at IS NOT NULL FROM known_periods(of_subscription) AS known ORDER BY known.starts_at DESC, known.ends_at DESC LIMIT 1
      ), false)
  FROM (
    SELECT max(least(covered.ends_at, covered.revoked_at)) FILTER (WHERE NOT covered.is_grace) AS ends_at,
           max(covered.ends_at) FILTER (WHERE covered.is_grace) AS grace_ends_at,
           max(least(covered.ends_at, covered.revoked_at)) FILTER (WHERE covered.kind = 'trial' AND NOT covered.is_grace) AS trial_ends_at
    FROM covered_times(of_subscription) AS covered
  ) AS sums
  WHERE subscriptions.id = of_subscription;

  IF it.provider <> 'toss' AND it.environment = 'production' THEN PERFORM fold_ledger(of_subscription); END IF;

  FOR change IN
    WITH wanted AS MATERIALIZED (
      SELECT * FROM wanted_periods(of_subscription, counts_sandbox)
    ), held AS MATERIALIZED (
      SELECT id, ref, user_id, starts_at, ends_at, revoked_at FROM premium_periods WHERE subscription_id = of_subscription
    ), gone AS (
      DELETE FROM premium_periods
      USING held
      WHERE premium_periods.id = held.id
        AND NOT EXISTS (SELECT 1 FROM wanted WHERE wanted.ref = held.ref AND wanted.user_id = held.user_id)
    ), kept AS (
      INSERT INTO premium_periods AS known (user_id, provider, starts_at, ends_at, revoked_at, subscription_id, ref)
      SELECT wanted.user_id, it.provider::text, wanted.starts_at, wanted.ends_at, wanted.revoked_at, of_subscription, wanted.ref
      FROM wanted
      ON CONFLICT (subscription_id, ref, user_id) DO UPDATE
      SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, revoked_at = excluded.revoked_at
      WHERE (known.starts_at, known.ends_at, known.revoked_at) IS DISTINCT FROM (excluded.starts_at, excluded.ends_at, excluded.revoked_at)
    )
    SELECT coalesce(wanted.user_id, held.user_id) AS user_id,
           CASE
             WHEN wanted.starts_at = held.starts_at THEN least(least(wanted.ends_at, wanted.revoked_at), least(held.ends_at, held.revoked_at))
             ELSE least(wanted.starts_at, held.starts_at)
           END AS from_at,
           greatest(least(wanted.ends_at, wanted.revoked_at), least(held.ends_at, held.revoked_at)) AS until_at
    FROM wanted
    FULL JOIN held ON held.ref = wanted.ref AND held.user_id = wanted.user_id
    WHERE (wanted.starts_at, least(wanted.ends_at, wanted.revoked_at)) IS DISTINCT FROM (held.starts_at, least(held.ends_at, held.revoked_at))
    ORDER BY 1, 2
  LOOP
    CONTINUE WHEN streak_day(change.from_at) >= streak_day(at);
    FOR folded IN
      SELECT generate_series(date_trunc('month', streak_day(change.from_at)::timestamp), streak_day(least(change.until_at, at))::timestamp, interval '1 month')::date
    LOOP
      PERFORM fold_streak(change.user_id, folded);
    END LOOP;
    PERFORM give_badges(change.user_id, seoul_day(at), NULL, at);
  END LOOP;
END
$$;
