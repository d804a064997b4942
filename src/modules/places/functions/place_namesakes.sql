-- The places that are the same as one, itself among them: those of its kind and name within 50 m, and an outline of ours within 150 m.
CREATE OR REPLACE FUNCTION place_namesakes(of_place uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
  SELECT other.id
  FROM places one
  JOIN places other
    ON ST_DWithin(other.location, one.location, 50, false)
    AND other.kind = one.kind
    AND other.name_key = one.name_key
  WHERE one.id = of_place
  UNION
  SELECT seeded.id
  FROM places one
  JOIN places seeded
    ON seeded.counts_for_badges
    AND ST_DWithin(seeded.area, one.location, 150, false)
    AND seeded.kind = one.kind
    AND seeded.name_key = one.name_key
  WHERE one.id = of_place
$$;
