-- The warnings that are in force in some sigungu, the worst first, as `Warning` of modules/weather/warnings/schema.ts. Those of the sea count by the sea alone.
-- A zone that lies in one sigungu, such as its mountains, is a warning for all of it.
CREATE OR REPLACE FUNCTION warnings_of(of_sigungu text[], at timestamptz, is_by_the_sea boolean) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  sidos text[] := ARRAY(SELECT DISTINCT regions.sido FROM regions WHERE regions.code = ANY (of_sigungu));
BEGIN
  RETURN (
    SELECT coalesce(
      jsonb_agg(
        jsonb_build_object(
          'kind', it.kind,
          'level', it.level,
          'zone', it.zone,
          'since', it.since,
          'until', it.until,
          'message', warning_message(it.kind, it.level)
        )
        ORDER BY it.level DESC, it.kind, it.since, it.zone
      ),
      '[]'
    )
    FROM warnings_at(at) AS it
    WHERE (is_by_the_sea OR NOT it.is_at_sea)
      AND CASE
            WHEN cardinality(it.sigungu_codes) > 0 THEN it.sigungu_codes && of_sigungu
            ELSE it.sido = ANY (sidos)
          END
  );
END
$$;
