-- The regions of a zone whose code is not known, because codes change when KMA splits a zone. It is looked for by its name (KMA writes `곡성군북부` and `곡성북부`), and then stands
-- for the whole sido: that of the codes that begin alike, else that of its name. No row when nothing is known of it.
CREATE OR REPLACE FUNCTION regions_of_unknown_zone(of_code text, of_name text) RETURNS TABLE (sido text, sigungu_codes text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT zone.sido, zone.sigungu_codes
  FROM warning_zones AS zone
  WHERE left(zone.code, 1) = left(of_code, 1) AND regexp_replace(zone.name, '[시군\s]', '', 'g') = regexp_replace(of_name, '[시군\s]', '', 'g')
  ORDER BY left(zone.code, 4) = left(of_code, 4) DESC, zone.code
  LIMIT 1;
  IF FOUND OR of_code NOT LIKE 'L%' THEN RETURN; END IF;
  RETURN QUERY
  SELECT near.sido, '{}'::text[]
  FROM (
    SELECT zone.sido, CASE WHEN left(zone.code, 6) = left(of_code, 6) THEN 0 ELSE 1 END AS preference, 0 AS length
    FROM warning_zones AS zone
    WHERE left(zone.code, 5) = left(of_code, 5)
    UNION ALL
    SELECT aliases.sido, 2, length(aliases.alias) FROM sido_aliases AS aliases WHERE starts_with(of_name, aliases.alias)
  ) AS near
  ORDER BY near.preference, near.length DESC, near.sido
  LIMIT 1;
END
$$;
