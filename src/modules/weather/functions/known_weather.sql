-- What Postgres knows of the weather of a place, as `Found` of modules/weather/queries.ts, and notes that somebody wants the cell, once an hour at most. The place is a point
-- with its cell, or a region's middle. It is NULL where there is no such region. It is about the pet of that id, or the primary one. PL/pgSQL keeps its plans, because
-- planning would take longer than the rest. `asked` is what `askedOf` of modules/weather/known.ts answers.
CREATE OR REPLACE FUNCTION known_weather(for_viewer uuid, in_region text, around geography, asked jsonb, at timestamptz) RETURNS json
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  of_pet CONSTANT uuid := asked ->> 'pet_id';
  by_the_sea_m CONSTANT int := asked ->> 'by_the_sea_m';
  place record;
  cell weather_cells;
  is_wanted_anew boolean;
  is_by_the_sea boolean;
  known json;
  lowest double precision;
  highest double precision;
BEGIN
  IF around IS NOT NULL THEN
    SELECT regions.code, regions.parent_code, regions.level, around AS point, (asked ->> 'nx')::smallint AS nx, (asked ->> 'ny')::smallint AS ny, ST_Distance(regions.center, around) AS distance_m
    INTO place
    FROM regions
    WHERE regions.level = 'sigungu'
    ORDER BY regions.center <-> around
    LIMIT 1;
  ELSE
    SELECT regions.code, regions.parent_code, regions.level, regions.center AS point, coalesce(regions.kma_nx, its.nx)::smallint AS nx,
           coalesce(regions.kma_ny, its.ny)::smallint AS ny, 0::double precision AS distance_m
    INTO place
    FROM regions
    CROSS JOIN LATERAL kma_cell(ST_Y(regions.center::geometry), ST_X(regions.center::geometry)) AS its
    WHERE regions.code = in_region;
  END IF;
  IF FOUND THEN
    SELECT * INTO cell FROM weather_cells WHERE weather_cells.nx = place.nx AND weather_cells.ny = place.ny;
    is_wanted_anew := place.distance_m <= (asked ->> 'farthest_m')::int AND coalesce(cell.wanted_at <= at - interval '1 hour', true);
    IF is_wanted_anew THEN
      PERFORM want_cell(place.nx, place.ny, at);
    END IF;
    is_by_the_sea := EXISTS (
      SELECT 1 FROM places WHERE places.kind = 'beach' AND places.counts_for_badges AND ST_DWithin(places.area, place.point, by_the_sea_m)
    );
    SELECT min(weather_hours.temp), max(weather_hours.temp) INTO lowest, highest
    FROM weather_hours
    WHERE weather_hours.nx = place.nx AND weather_hours.ny = place.ny AND weather_hours.hour >= (asked ->> 'today')::timestamptz AND weather_hours.hour <= at;
    known := json_build_object(
      'region', region_json(place.code),
      'lat', ST_Y(place.point::geometry),
      'lng', ST_X(place.point::geometry),
      'nx', place.nx,
      'ny', place.ny,
      'distance_m', place.distance_m,
      'is_coastal', is_by_the_sea AND EXISTS (
        SELECT 1 FROM places WHERE places.kind = 'beach' AND places.counts_for_badges AND ST_DWithin(places.area, place.point, (asked ->> 'by_the_beach_m')::int)
      ),
      'latest', cell.latest,
      'is_wanted_anew', is_wanted_anew,
      'kept', json_build_object('pm10_station', cell.pm10_station, 'pm25_station', cell.pm25_station),
      'stations', stations_near(place.point, ARRAY[cell.pm10_station, cell.pm25_station], at),
      'warnings', warnings_of(ARRAY[CASE WHEN place.level = 'dong' THEN place.parent_code ELSE place.code END], at, is_by_the_sea),
      'uv', (
        SELECT json_build_object('issued_at', uv_indices.issued_at, 'steps', uv_indices.steps)
        FROM uv_indices
        WHERE uv_indices.region_code IN (place.code, place.parent_code)
        ORDER BY uv_indices.region_code = place.code DESC
        LIMIT 1
      ),
      'last_snow_at', (
        SELECT max(weather_hours.hour)
        FROM weather_hours
        WHERE weather_hours.nx = place.nx AND weather_hours.ny = place.ny
          AND weather_hours.hour >= at - interval '48 hours'
          AND weather_hours.pty IN ('rain_snow', 'snow', 'drizzle_snow', 'flurry')
      ),
      'measured', (
        SELECT coalesce(json_agg(to_json(weather_hours) ORDER BY weather_hours.hour), '[]')
        FROM weather_hours
        WHERE weather_hours.nx = place.nx AND weather_hours.ny = place.ny AND weather_hours.hour > at - interval '4 hours'
      ),
      'min', lowest,
      'max', highest
    );
  END IF;
  RETURN json_build_object(
    'place', known,
    'pet', (
      SELECT json_build_object(
        'name', pets.name,
        'size', pet_size_of(pets.chosen_size, breeds.size, pets.weight_kg),
        'weight_kg', pets.weight_kg,
        'birth_date', pets.birth_date,
        'is_brachycephalic', coalesce(breeds.is_brachycephalic, false),
        'has_double_coat', coalesce(breeds.has_double_coat, false),
        'has_thin_coat', coalesce(breeds.has_thin_coat, false),
        'has_white_coat', coalesce(breeds.has_white_coat, false),
        'is_overweight', pets.is_overweight,
        'has_heart_or_lung_condition', pets.has_heart_or_lung_condition
      )
      FROM pets
      LEFT JOIN breeds ON breeds.code = pets.breed_code
      WHERE pets.user_id = for_viewer AND pets.archived_at IS NULL AND CASE WHEN of_pet IS NULL THEN pets.is_primary ELSE pets.id = of_pet END
    ),
    'sources', (
      SELECT coalesce(json_agg(json_build_object(
        'source', source, 'failures', failures, 'closed_until', closed_until, 'read_at', read_at, 'asked', asked, 'asked_on', asked_on
      )), '[]')
      FROM weather_sources
    )
  );
END
$$;
