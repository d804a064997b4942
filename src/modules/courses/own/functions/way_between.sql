-- The part of a way that goes from one shape of EPSG:5179 to another beside the straight line that joins their nearest points: no position of it lies more than 100 m from that
-- line, and it begins and ends where the way is nearest to the two points. NULL where no part does. What lies within 100 m of a straight line is convex, so what stands between two
-- positions that lie in it lies in it as well, and simplifying leads nowhere else. Positions are those that are sent (five decimals), and a metre pays for that.
CREATE OR REPLACE FUNCTION way_between(way geometry, from_shape geometry, to_shape geometry) RETURNS geometry
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  joining geometry := ST_ShortestLine(from_shape, to_shape);
  reach constant float8 := 99;
  cut geometry;
BEGIN
  WITH along AS (
    SELECT point.path[1] AS n, point.geom AS place
    FROM ST_DumpPoints(ST_Segmentize(ST_Transform(way, 5179), 10)) AS point
  ), beside AS (
    SELECT n, place, n - row_number() OVER (ORDER BY n) AS stretch,
           ST_Distance(place, ST_StartPoint(joining)) AS from_m, ST_Distance(place, ST_EndPoint(joining)) AS to_m
    FROM along
    WHERE ST_DWithin(place, joining, reach)
  ), stretches AS (
    SELECT stretch, (array_agg(n ORDER BY from_m, n))[1] AS first, (array_agg(n ORDER BY to_m, n))[1] AS last, min(from_m) + min(to_m) AS off_m
    FROM beside
    GROUP BY stretch
    HAVING min(from_m) <= reach AND min(to_m) <= reach
  ), best AS (
    SELECT stretch, first, last FROM stretches WHERE first <> last ORDER BY off_m, stretch LIMIT 1
  )
  SELECT ST_MakeLine(beside.place ORDER BY CASE WHEN best.first <= best.last THEN beside.n ELSE -beside.n END) INTO cut
  FROM best
  JOIN beside ON beside.stretch = best.stretch AND beside.n BETWEEN least(best.first, best.last) AND greatest(best.first, best.last);
  cut := ST_RemoveRepeatedPoints(ST_SnapToGrid(ST_Transform(ST_Simplify(cut, 5), 4326), 0.00001));
  RETURN CASE WHEN ST_NPoints(cut) >= 2 AND ST_Length(cut::geography, false) >= 100 THEN cut END;
END
$$;
