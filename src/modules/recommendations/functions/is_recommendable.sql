-- Whether somebody may be recommended at all: they are not leaving, have not switched it off, and have a pet to show. `is_blocked` knows who is banned.
CREATE OR REPLACE FUNCTION is_recommendable(of_user uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM users WHERE id = of_user AND deleted_at IS NULL AND settings -> 'recommendable' IS DISTINCT FROM 'false')
     AND EXISTS (SELECT 1 FROM pets WHERE user_id = of_user AND archived_at IS NULL AND NOT is_placeholder);
END
$$;
