-- Until when every join of somebody needs the host's approval, because they let others down three times within 60 days, or NULL: 14 days after the last of the three.
CREATE OR REPLACE FUNCTION needs_approval_until(of_user uuid, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  WITH strikes AS (
    SELECT occurrence_id, happened_at FROM meetup_strikes(of_user, at)
    UNION
    -- The first two of the three may be older by now.
    SELECT occurrence_id, happened_at FROM meetup_strikes(of_user, at - interval '14 days')
  )
  SELECT max(third.happened_at) + interval '14 days'
  FROM (SELECT happened_at, lag(happened_at, 2) OVER (ORDER BY happened_at, occurrence_id) AS first_at FROM strikes) AS third
  WHERE third.first_at > third.happened_at - interval '60 days' AND third.happened_at > at - interval '14 days'
$$;
