-- Whether a week or month has closed. Walks that come later do not count in it.
CREATE OR REPLACE FUNCTION is_closed(of_period text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM ranking_periods WHERE period_key = of_period AND closed_at IS NOT NULL);
END
$$;
