-- A rank before a walk (from `standing_before`) and now. NULL for a person without a home region. Somebody new on the board is in no bin until `fold_histogram`, so they
-- are counted in addition.
CREATE OR REPLACE FUNCTION rank_moved(of_user uuid, before jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  of_period CONSTANT text := before ->> 'period_key';
  in_area CONSTANT text := before ->> 'area_code';
BEGIN
  IF of_period IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN before - 'area_code' || jsonb_build_object(
    'rank_after', live_rank(of_user, of_period, in_area),
    'participants', participants(NULL, of_period, in_area) + (
      SELECT count(*)
      FROM rankings
      WHERE user_id = of_user AND period_key = of_period AND area_code = in_area AND standing > 0 AND histogram_m IS NULL
    )
  );
END
$$;
