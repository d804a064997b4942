-- Makes a course of somebody's own, of a way that they drew (an encoded polyline of precision 6) or of a walk of theirs. Answers `made`, also of one that the same request has made
-- before, or why there is none: `taken`, `not_premium`, `no_walk`, `bad_way` or `too_many`. The owner is locked.
CREATE OR REPLACE FUNCTION make_course(
  of_user uuid, of_course uuid, hash text, called text, described text, drawn text, of_walk uuid, most int, at timestamptz
) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  known record;
  way geometry;
  metres float8;
BEGIN
  SELECT owner_id, request_hash, deleted_at INTO known FROM courses WHERE id = of_course;
  IF FOUND THEN
    RETURN CASE WHEN known.owner_id = of_user AND known.request_hash = hash AND known.deleted_at IS NULL THEN 'made' ELSE 'taken' END;
  ELSIF NOT is_premium(of_user, at) THEN
    RETURN 'not_premium';
  END IF;
  IF of_walk IS NULL THEN
    way := ST_LineFromEncodedPolyline(drawn, 6);
  ELSE
    SELECT ST_LineFromEncodedPolyline(route_polyline, 5) INTO way
    FROM walks
    WHERE id = of_walk AND user_id = of_user AND is_valid AND deleted_at IS NULL;
    IF NOT FOUND THEN
      RETURN 'no_walk';
    END IF;
  END IF;
  way := ST_RemoveRepeatedPoints(way);
  metres := ST_Length(way::geography, false);
  IF (way && ST_MakeEnvelope(124, 33, 132, 39, 4326) AND ST_CoveredBy(way, ST_MakeEnvelope(124, 33, 132, 39, 4326)) AND metres BETWEEN 100 AND 50000) IS NOT TRUE THEN
    RETURN 'bad_way';
  ELSIF (SELECT count(*) FROM courses WHERE owner_id = of_user AND deleted_at IS NULL) >= most THEN
    RETURN 'too_many';
  END IF;
  INSERT INTO courses (id, kind, owner_id, request_hash, created_at, updated_at, name, description, line, distance_m, is_loop)
  VALUES (
    of_course, 'own', of_user, hash, at, at, called, described, way, round(metres), ST_DistanceSphere(ST_StartPoint(way), ST_EndPoint(way)) <= 150
  )
  ON CONFLICT (id) DO NOTHING;
  RETURN CASE WHEN FOUND THEN 'made' ELSE 'taken' END;
END
$$;
