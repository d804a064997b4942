-- The lowest standing above `than`, or NULL when nobody stands higher.
CREATE OR REPLACE FUNCTION next_standing(of_snapshot int, of_period text, in_area text, than bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT standing FROM ranking_place_above(of_snapshot, of_period, in_area, than, '-infinity', '00000000-0000-0000-0000-000000000000', 1)
$$;
