-- The dong and the sigungu of a home, as others may know them: no dong in the country, where a 읍, a 면 or a 리 is a few villages (`shown_region_json`).
CREATE OR REPLACE FUNCTION home_areas(of_code text) RETURNS TABLE (dong_code text, sigungu_code text)
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN level = 'dong' AND dong !~ '[읍면리]$' THEN code END,
         CASE level WHEN 'dong' THEN parent_code WHEN 'sigungu' THEN code END
  FROM regions
  WHERE code = of_code
$$;
