-- Keeps what is forecast for sidos and sigungu, each step a value of three hours. Rows of dongs are dropped. An old code stands for the region that it has become
-- (seeds/region_aliases.tsv), unless the region has a row of its own. Answers how many regions are kept.
CREATE OR REPLACE FUNCTION store_uv(forecasts jsonb, of_base timestamptz) RETURNS int
LANGUAGE sql AS $$
  WITH given AS (
    SELECT area_code, hours FROM jsonb_to_recordset(forecasts) AS forecast (area_code text, hours jsonb) WHERE area_code LIKE '%00000'
  ), known AS (
    SELECT DISTINCT ON (regions.code) regions.code, given.hours
    FROM given
    LEFT JOIN LATERAL (
      SELECT left(aliases.new_prefix || substr(given.area_code, length(aliases.old_prefix) + 1), 5) || '00000' AS code
      FROM region_aliases AS aliases
      WHERE starts_with(given.area_code, aliases.old_prefix)
      ORDER BY length(aliases.old_prefix) DESC
      LIMIT 1
    ) AS renamed ON NOT EXISTS (SELECT 1 FROM regions WHERE regions.code = given.area_code)
    JOIN regions ON regions.code = coalesce(renamed.code, given.area_code) AND regions.level IN ('sido', 'sigungu')
    ORDER BY regions.code, regions.code = given.area_code DESC, given.area_code
  ), kept AS (
    INSERT INTO uv_indices AS it (region_code, issued_at, steps)
    SELECT code, of_base, ARRAY(SELECT round(value::numeric)::smallint FROM jsonb_array_elements_text(hours) WITH ORDINALITY AS step (value, position) ORDER BY position)
    FROM known
    ON CONFLICT (region_code) DO UPDATE
    SET issued_at = excluded.issued_at, steps = excluded.steps
    WHERE it.issued_at <= excluded.issued_at
    RETURNING 1
  )
  SELECT count(*)::int FROM kept
$$;
