-- Trigger: a cell of somebody is hidden, or no longer. Of an account that is being deleted nothing is noted, because its row is gone already.
CREATE OR REPLACE FUNCTION note_heat_area() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  area hidden_areas := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  INSERT INTO heat_changes (user_id, cell_x, cell_y)
  SELECT id, area.cell_x, area.cell_y FROM users WHERE id = area.user_id;
  RETURN NULL;
END
$$;
