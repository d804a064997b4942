-- For Workers that were deployed before `give_badges`. Nothing in this repository calls it.
CREATE OR REPLACE FUNCTION award_badges(of_user uuid, on_day date, by_walk uuid, at timestamptz) RETURNS void
LANGUAGE sql AS $$ SELECT give_badges(of_user, on_day, by_walk, at) $$;
