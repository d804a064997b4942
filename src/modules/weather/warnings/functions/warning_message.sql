-- What a warning says to walkers: `호우주의보 발효 중`.
CREATE OR REPLACE FUNCTION warning_message(kind warning_kind, level warning_level) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT (
    CASE kind
      WHEN 'strong_wind' THEN '강풍'
      WHEN 'heavy_rain' THEN '호우'
      WHEN 'cold_wave' THEN '한파'
      WHEN 'dry' THEN '건조'
      WHEN 'storm_surge' THEN '폭풍해일'
      WHEN 'high_seas' THEN '풍랑'
      WHEN 'typhoon' THEN '태풍'
      WHEN 'heavy_snow' THEN '대설'
      WHEN 'yellow_dust' THEN '황사'
      WHEN 'fog' THEN '안개'
      WHEN 'tsunami' THEN '지진해일'
      WHEN 'heat_wave' THEN '폭염'
    END
  ) || CASE level WHEN 'warning' THEN '경보' ELSE '주의보' END || ' 발효 중'
$$;
