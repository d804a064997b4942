-- The number of people with a standing above `than`. The rank of `than` is one more. The bins above are added up, from the widest to the narrowest, and then one bin is
-- left to count. A rank in a snapshot is corrected by the rows that have moved since.
CREATE OR REPLACE FUNCTION ranked_above(of_snapshot int, of_period text, in_area text, than bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  than_m CONSTANT int := (than >> 20)::int;
  above bigint := 0;
  own_floor_m int;
  next_floor_m int := 2147483647;
BEGIN
  FOR of_digits IN coarsest_digits(in_area) .. finest_digits(in_area) LOOP
    own_floor_m := bin_floor(of_digits, than_m);
    above := above + (
      SELECT coalesce(sum(users), 0)
      FROM ranking_histogram
      WHERE period_key = of_period AND area_code = in_area AND digits = of_digits AND floor_m > own_floor_m AND floor_m < next_floor_m
    );
    next_floor_m := own_floor_m + bin_width(of_digits, own_floor_m);
  END LOOP;
  above := above + (
    SELECT count(*)
    FROM rankings
    WHERE period_key = of_period AND area_code = in_area AND standing > than AND standing < next_floor_m::bigint << 20
  );
  IF of_snapshot IS NULL THEN
    RETURN above;
  END IF;
  RETURN above + (
    SELECT count(*) FILTER (WHERE shown_standing > than) - count(*) FILTER (WHERE standing > than)
    FROM rankings
    WHERE period_key = of_period AND area_code = in_area AND moved_in = of_snapshot
  );
END
$$;
