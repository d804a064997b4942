-- `walk_photos` as somebody sees them: what they have reported is hidden from them.
CREATE OR REPLACE FUNCTION walk_photos_for(of_walk uuid, for_viewer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(
      CASE WHEN has_reported(for_viewer, 'photo', (shown.photo ->> 'id')::uuid) THEN shown.photo || '{"is_hidden": true}' ELSE shown.photo END
      ORDER BY shown.n
    ), '[]')
    FROM jsonb_array_elements(walk_photos(of_walk)) WITH ORDINALITY AS shown (photo, n)
  );
END
$$;
