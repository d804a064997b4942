-- How far two fingerprints lie apart, slot by slot, in metres. The projection is equirectangular, which is exact to centimetres at these distances.
CREATE OR REPLACE FUNCTION fingerprint_deviation(a double precision[], b double precision[], OUT median_m double precision, OUT p90_m double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY apart_m), percentile_cont(0.9) WITHIN GROUP (ORDER BY apart_m)
  FROM (
    SELECT 111194.93 * sqrt(((a[2 * slot - 1] - b[2 * slot - 1]) * cos(radians(a[2 * slot]))) ^ 2 + (a[2 * slot] - b[2 * slot]) ^ 2) AS apart_m
    FROM generate_series(1, array_length(a, 1) / 2) AS slot
  ) AS slots
$$;
