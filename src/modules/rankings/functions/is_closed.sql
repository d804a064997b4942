CREATE OR REPLACE FUNCTION is_closed(of_period text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM ranking_periods WHERE period_key = of_period AND closed_at IS NOT NULL)
$$;
