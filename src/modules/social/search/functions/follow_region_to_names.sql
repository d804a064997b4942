-- Trigger: people are found where their dong is now, also when the dong turns out to lie in another sigungu.
CREATE OR REPLACE FUNCTION follow_region_to_names() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fold_user_names(id) FROM users WHERE region_code = NEW.code ORDER BY id;
  RETURN NULL;
END
$$;
