-- Trigger: people are recommended where their dong is now, also when the dong turns out to lie in another sigungu.
CREATE OR REPLACE FUNCTION follow_region_to_habits() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM renew_traits(id) FROM users WHERE region_code = NEW.code ORDER BY id;
  RETURN NULL;
END
$$;
