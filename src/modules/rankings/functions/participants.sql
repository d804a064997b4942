-- The number of people on a board.
CREATE OR REPLACE FUNCTION participants(of_snapshot int, of_period text, in_area text) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT ranked_above(of_snapshot, of_period, in_area, 0) $$;
