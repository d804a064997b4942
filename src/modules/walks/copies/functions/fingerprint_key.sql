-- Slots 5 and 10 of the 16 of a fingerprint (longitude and latitude each) make a point of the 4-D index. `reach` moves it by so many times 12 m, which is twice what noise
-- leaves of a slot's mean: the box between -1 and 1 holds all candidates.
CREATE OR REPLACE FUNCTION fingerprint_key(fingerprint double precision[], reach int) RETURNS geometry
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN ST_SetSRID(ST_MakePoint(
    fingerprint[11] + reach * 0.000136, fingerprint[12] + reach * 0.000108, fingerprint[21] + reach * 0.000136, fingerprint[22] + reach * 0.000108
  ), 4326);
END
$$;
