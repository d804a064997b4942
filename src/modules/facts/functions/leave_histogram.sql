-- Trigger: a row of a closed period that is deleted with its person leaves its bins.
CREATE OR REPLACE FUNCTION leave_histogram() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ranking_histogram
  SET users = users - 1
  WHERE period_key = OLD.period_key AND area_code = OLD.area_code AND floor_m = bin_floor(digits, OLD.histogram_m)
    AND digits BETWEEN coarsest_digits(OLD.area_code) AND finest_digits(OLD.area_code);
  RETURN NULL;
END
$$;
