-- The regions of a zone of warnings. Codes change when KMA splits a zone, so one that is not known is looked for by its name (KMA writes `곡성군북부` and `곡성북부`), and then
-- stands for the whole sido: that of the codes that begin alike, else that of its name. No row when nothing is known of it.
CREATE OR REPLACE FUNCTION zone_regions(of_code text, of_name text) RETURNS TABLE (sido text, sigungu_codes text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY SELECT zone.sido, zone.sigungu_codes FROM warning_zones AS zone WHERE zone.code = of_code;
  IF FOUND THEN RETURN; END IF;
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
    SELECT zone.sido, 1 AS preference, 0 AS length FROM warning_zones AS zone WHERE left(zone.code, 5) = left(of_code, 5)
    UNION ALL
    SELECT aliases.sido, 2, length(aliases.alias) FROM sido_aliases AS aliases WHERE starts_with(of_name, aliases.alias)
  ) AS near
  ORDER BY near.preference, near.length DESC, near.sido
  LIMIT 1;
END
$$;
