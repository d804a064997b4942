-- A page of the people of whom a name begins as was typed, in the shape of `FoundRow` of modules/social/search/queries.ts. The pet is the one whose name was typed, else the
-- primary one.
CREATE OR REPLACE FUNCTION people_page(
  for_viewer uuid, typed text, by_initials boolean, after_tier int, after_key text, after_user uuid, page_size int, at timestamptz
) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  beginning CONSTANT text := name_key(typed, false);
  ending CONSTANT text := beginning || chr(1114111);
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'user', jsonb_build_object('id', users.id, 'nickname', users.nickname),
      'pet', CASE WHEN found.kind = 'pet' THEN (SELECT pet.card FROM shown_pets(at) AS pet WHERE pet.id = found.source_id) ELSE coalesce(
        (
          SELECT pet_card(names.source_id, at)
          FROM user_names AS names
          WHERE names.user_id = found.user_id
            AND names.is_initials = by_initials
            AND names.key >= beginning
            AND names.key < ending
            AND names.kind = 'pet'
          ORDER BY names.key, names.source_id
          LIMIT 1
        ),
        primary_pet_card(found.user_id, at)
      ) END,
      'region', (SELECT shown.region - 'code' FROM shown_regions() AS shown WHERE shown.code = users.region_code),
      -- LIMIT looks each of them up by key. As EXISTS the planner may read the whole table for a page.
      'following', (SELECT true FROM follows WHERE follower_id = for_viewer AND followee_id = found.user_id LIMIT 1) IS NOT NULL,
      'follows_me', (SELECT true FROM follows WHERE follower_id = found.user_id AND followee_id = for_viewer LIMIT 1) IS NOT NULL,
      'matched', found.kind,
      'tier', found.tier,
      'key', found.key
    ) ORDER BY found.tier, found.key, found.user_id), '[]')
    FROM people_named(for_viewer, beginning, by_initials, after_tier, after_key, after_user, page_size) AS found
    JOIN users ON users.id = found.user_id
  );
END
$$;
