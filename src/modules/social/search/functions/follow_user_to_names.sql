-- Trigger: somebody is found by their nickname and near their home as both are now, and not at all while they are leaving or do not want to be found.
CREATE OR REPLACE FUNCTION follow_user_to_names() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fold_user_names(NEW.id);
  RETURN NULL;
END
$$;
