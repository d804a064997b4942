-- Of places that are the same, the one that stands for them: an outline of ours, else an open one, else the newest licence.
CREATE OR REPLACE FUNCTION place_lead(of_place uuid) RETURNS uuid
LANGUAGE sql STABLE AS $$
  SELECT places.id
  FROM place_namesakes(of_place) AS namesake
  JOIN places ON places.id = namesake
  ORDER BY places.counts_for_badges DESC, places.is_open DESC, places.licensed_on DESC NULLS LAST, places.source_updated_at DESC NULLS LAST, places.id
  LIMIT 1
$$;
