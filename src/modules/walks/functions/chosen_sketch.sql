-- Of the sketches of a route (`Sketches` of modules/walks/showing/sketches.ts) the one to keep. Streets are dense only in a town, and where somebody lives is known by
-- its dong; so the finer lattice is for routes that begin within 5 km of the middle of their owner's 동. Anywhere else the coarser one hides better.
CREATE OR REPLACE FUNCTION chosen_sketch(sketches jsonb, in_region text, on_line geometry) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(
    sketches -> CASE WHEN EXISTS (
      SELECT 1
      FROM regions
      WHERE code = in_region AND level = 'dong' AND dong !~ '[읍면리]$'
        AND ST_DWithin(center, ST_StartPoint(ST_GeometryN(on_line, 1))::geography, 5000)
    ) THEN 'town' ELSE 'county' END,
    '[]'
  );
END
$$;
