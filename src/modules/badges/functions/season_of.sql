-- The edition of a season that began last on or before a day. It may be over: the day is then past until_day.
CREATE OR REPLACE FUNCTION season_of(season_start text, season_end text, on_day date, OUT season_year int, OUT from_day date, OUT until_day date)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  end_month date;
BEGIN
  season_year := extract(year FROM on_day)::int - (to_char(on_day, 'MM-DD') < season_start)::int;
  from_day := make_date(season_year, left(season_start, 2)::int, right(season_start, 2)::int);
  end_month := make_date(season_year + (season_end < season_start)::int, left(season_end, 2)::int, 1);
  -- 02-29 means the last day of February in any year.
  until_day := least(end_month + right(season_end, 2)::int - 1, (end_month + interval '1 month')::date - 1);
END
$$;
