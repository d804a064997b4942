-- A region as `Region` of modules/regions/schema.ts, or NULL when there is none.
CREATE OR REPLACE FUNCTION region_json(of_code text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT jsonb_build_object('code', code, 'sido', sido, 'sigungu', sigungu, 'dong', dong) FROM regions WHERE code = of_code);
END
$$;
