-- Whether a day is a birthday. 29 February is celebrated on the 28th in other years. The day of birth counts.
CREATE OR REPLACE FUNCTION is_birthday(birth_date date, day date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT day >= birth_date AND (
    to_char(day, 'MM-DD') = to_char(birth_date, 'MM-DD')
    OR (to_char(birth_date, 'MM-DD') = '02-29' AND to_char(day, 'MM-DD') = '02-28' AND to_char(day + 1, 'MM-DD') = '03-01')
  )
$$;
