-- The periods that a day belongs to. A week and a month end at 00:00 and close at noon of the Monday on or after. Until then a walk that was recorded in them offline
-- still counts.
CREATE OR REPLACE FUNCTION ranking_periods_of(day date) RETURNS TABLE (period_key text, from_day date, end_day date, closes_at timestamptz)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT key, first::date, next::date, (date_trunc('week', next + interval '6 days') + interval '12 hours') AT TIME ZONE 'Asia/Seoul'
  FROM (VALUES
    (to_char(day, 'IYYY-"W"IW'), date_trunc('week', day::timestamp), date_trunc('week', day::timestamp) + interval '1 week'),
    (to_char(day, 'YYYY-MM'), date_trunc('month', day::timestamp), date_trunc('month', day::timestamp) + interval '1 month')
  ) AS period (key, first, next)
$$;
