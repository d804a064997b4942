-- What one valid walk adds to the metrics of metric_days. Each of these metrics is defined here and nowhere else.
CREATE OR REPLACE FUNCTION walk_gains(walk walks) RETURNS TABLE (metric badge_metric, value int)
LANGUAGE sql STABLE AS $$
  SELECT gained.metric::badge_metric, gained.value
  FROM (
    SELECT extract(hour FROM walk.started_at AT TIME ZONE 'Asia/Seoul') AS hour, seoul_day(walk.started_at) AS day, walk.weather ->> 'pty' AS pty
  ) AS start
  CROSS JOIN LATERAL (VALUES
    ('early_bird_walks', (hour IN (4, 5))::int),
    ('night_owl_walks', (hour IN (22, 23, 0, 1, 2, 3))::int),
    -- KMA's precipitation type, as its code or by its name.
    ('rain_walks', coalesce(pty IN ('1', '2', '4', '5', '6', 'rain', 'rain_snow', 'shower', 'drizzle', 'drizzle_snow'), false)::int),
    ('snow_walks', coalesce(pty IN ('2', '3', '6', '7', 'rain_snow', 'snow', 'drizzle_snow', 'flurry'), false)::int),
    ('new_year_walks', (to_char(day, 'MM-DD') = '01-01')::int),
    ('birthday_walks', coalesce((
      SELECT bool_or(NOT pets.is_birth_date_approximate AND is_birthday(pets.birth_date, day))
      FROM walk_pets
      JOIN pets ON pets.id = walk_pets.pet_id
      WHERE walk_pets.walk_id = walk.id
    ), false)::int),
    ('walk_photos', walk.photo_count),
    ('together_walks', (cardinality(walk.together_with) > 0)::int)
  ) AS gained (metric, value)
$$;
