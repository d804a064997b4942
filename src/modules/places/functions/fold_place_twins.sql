-- Decides again which places stand for others, around those that have changed. Favourites go over to the place that is shown.
CREATE OR REPLACE FUNCTION fold_place_twins(changed uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  touched uuid[];
BEGIN
  touched := ARRAY(
    SELECT unnest(changed)
    UNION
    SELECT places.id FROM places WHERE places.duplicate_of = ANY (changed)
    UNION
    SELECT namesake FROM unnest(changed) AS one, place_namesakes(one) AS namesake
  );
  UPDATE places
  SET duplicate_of = led.lead
  FROM (
    -- Twice, because whoever leads this place may be led by another in turn.
    SELECT one, nullif(coalesce(place_lead(place_lead(one)), one), one) AS lead FROM unnest(touched) AS one
  ) AS led
  WHERE places.id = led.one AND NOT places.counts_for_badges AND places.duplicate_of IS DISTINCT FROM led.lead;
  WITH moved AS (
    DELETE FROM place_favorites
    USING places
    WHERE places.id = place_favorites.place_id AND places.duplicate_of IS NOT NULL AND places.id = ANY (touched)
    RETURNING place_favorites.user_id, places.duplicate_of, place_favorites.created_at
  )
  INSERT INTO place_favorites (user_id, place_id, created_at)
  SELECT user_id, duplicate_of, min(created_at) FROM moved GROUP BY user_id, duplicate_of
  ON CONFLICT DO NOTHING;
END
$$;
