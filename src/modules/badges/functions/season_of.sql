-- The edition of a season that began last on or before a day. It may be over: then the day is past until_day.
CREATE OR REPLACE FUNCTION season_of(season_start text, season_end text, on_day date, OUT season_year int, OUT from_day date, OUT until_day date)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH edition AS (
    SELECT extract(year FROM on_day)::int - (to_char(on_day, 'MM-DD') < season_start)::int AS year
  ), bounds AS (
    SELECT year, (year || '-' || season_start)::date AS from_day,
           make_date(year + (season_end < season_start)::int, left(season_end, 2)::int, 1) AS end_month
    FROM edition
  )
  SELECT year, from_day, least(end_month + right(season_end, 2)::int - 1, (end_month + interval '1 month')::date - 1)
  FROM bounds
$$;
