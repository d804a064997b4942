-- A title that somebody shows, as `Title` of modules/grades/schema.ts. It is NULL without one.
CREATE OR REPLACE FUNCTION title_json(of_code text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF of_code IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT jsonb_build_object('code', titles.code, 'name', titles.name) FROM titles WHERE titles.code = of_code);
END
$$;
