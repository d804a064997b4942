-- The warnings in force at a time, with the regions they are for. Without sigungu they are for the whole sido.
CREATE OR REPLACE FUNCTION warnings_at(at timestamptz)
RETURNS TABLE (area_code text, kind warning_kind, level warning_level, zone text, since timestamptz, until timestamptz, is_at_sea boolean, sido text, sigungu_codes text[])
LANGUAGE sql STABLE AS $$
  SELECT it.area_code, it.kind, it.level, it.area_name, CASE WHEN it.started_at = '-infinity' THEN it.issued_at ELSE it.started_at END,
         CASE WHEN it.ends_at > at THEN it.ends_at END, it.area_code LIKE 'S%', regions.sido, regions.sigungu_codes
  FROM warnings_in_force AS it
  LEFT JOIN warning_zones ON warning_zones.code = it.area_code
  CROSS JOIN LATERAL (
    SELECT warning_zones.sido, warning_zones.sigungu_codes WHERE warning_zones.code IS NOT NULL
    UNION ALL
    -- This is slow, and there are few such.
    SELECT looked_for.sido, looked_for.sigungu_codes FROM regions_of_unknown_zone(it.area_code, it.area_name) AS looked_for WHERE warning_zones.code IS NULL
  ) AS regions
  WHERE it.started_at <= at AND NOT (it.is_lifted AND it.ends_at <= at)
$$;
