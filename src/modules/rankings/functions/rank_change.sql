-- By how many ranks somebody has risen since the end of a period. NULL when they were not on its board, and without a period.
CREATE OR REPLACE FUNCTION rank_change(of_user uuid, since_period text, in_area text, rank bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT closing_rank FROM rankings WHERE user_id = of_user AND period_key = since_period AND area_code = in_area) - rank;
END
$$;
