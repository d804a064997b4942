-- The courses near the middle of somebody's region, as a JSON list of `Course`: within 5 km, those that most people walk first. Own ones of theirs are not among them, because
-- they know these.
CREATE OR REPLACE FUNCTION courses_near_region(for_viewer uuid, most int, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  middle geometry := (SELECT regions.center::geometry FROM users JOIN regions ON regions.code = users.region_code WHERE users.id = for_viewer);
  box geometry := ST_Expand(middle, 5000 / (111195 * cos(radians(ST_Y(middle)))), 5000 / 111195.0);
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(course_json(for_viewer, courses, at, true) ORDER BY picked.users_band DESC, picked.metres, picked.id), '[]')
    FROM (
      SELECT found.id, found.users_band, found.metres
      FROM (
        SELECT id, users_band, ST_DistanceSphere(line, middle) AS metres
        FROM courses
        WHERE kind = 'derived' AND gone_at IS NULL AND line && box
        UNION ALL
        SELECT id, 0, ST_DistanceSphere(published_line, middle)
        FROM courses
        WHERE published_at IS NOT NULL AND owner_id <> for_viewer AND published_line && box
        ORDER BY 2 DESC, 3, 1
        -- What is seen is asked of one after the other, until there are enough.
        OFFSET 0
      ) AS found
      WHERE found.metres <= 5000 AND sees_course(for_viewer, found.id, at)
      ORDER BY found.users_band DESC, found.metres, found.id
      LIMIT most
    ) AS picked
    JOIN courses ON courses.id = picked.id
  );
END
$$;
