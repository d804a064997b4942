-- Whether the way of a walk comes so near to a place of EPSG:5179. Most ways do not come near its box, and then the way's many points are not projected. The box is 100 m
-- larger, because its edges are no straight lines in degrees.
CREATE OR REPLACE FUNCTION comes_near(line geometry, place geometry, distance_m float8) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF line && ST_Transform(ST_Expand(place, distance_m + 100), 4326) THEN
    RETURN ST_DWithin(ST_Transform(ST_Force2D(line), 5179), place, distance_m);
  END IF;
  RETURN false;
END
$$;
