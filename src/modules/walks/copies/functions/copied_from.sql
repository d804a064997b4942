-- The earlier walk that a whole measured track is a copy of; NULL where there is none. It must lie at another time: who walked at the same time is compared by traces
-- (`walks_alike`), because either may be the original. Two slots of the fingerprint sift what the index finds, because comparing all of them takes longer.
CREATE OR REPLACE FUNCTION copied_from(of_walk uuid, measured walks) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF measured.fingerprint IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (
    SELECT earlier.id
    FROM walks earlier
    CROSS JOIN LATERAL fingerprint_deviation(earlier.fingerprint, measured.fingerprint) AS apart
    WHERE earlier.fingerprint_key &&& ST_MakeLine(fingerprint_key(measured.fingerprint, -1), fingerprint_key(measured.fingerprint, 1))
      AND earlier.is_valid
      AND earlier.deleted_at IS NULL
      AND earlier.id <> of_walk
      AND abs(earlier.fingerprint[5] - measured.fingerprint[5]) < 0.000136
      AND abs(earlier.fingerprint[6] - measured.fingerprint[6]) < 0.000108
      AND abs(earlier.fingerprint[27] - measured.fingerprint[27]) < 0.000136
      AND abs(earlier.fingerprint[28] - measured.fingerprint[28]) < 0.000108
      AND NOT tstzrange(earlier.started_at, earlier.ended_at) && tstzrange(measured.started_at, measured.ended_at)
      AND apart.median_m <= 3 AND apart.p90_m <= 6
    LIMIT 1
  );
END
$$;
