-- People of whom a name begins so, each once, by their first such name: who has exactly this nickname (0), whom the viewer follows (1), of the viewer's dong (2), of their
-- sigungu (3), others (4). In a tier they are ordered by the name's key and then by id. The page begins after `after_tier`, `after_key` and `after_user` (at the top where
-- they are NULL). Each tier is a range of an index that is read no further than the page goes. Only for the followees all names may be counted, which reads nothing but the index.
CREATE OR REPLACE FUNCTION people_named(
  for_viewer uuid, beginning text, by_initials boolean, after_tier int, after_key text, after_user uuid, page_size int
) RETURNS TABLE (tier int, key text, user_id uuid, kind name_kind, source_id uuid)
LANGUAGE plpgsql STABLE ROWS 20 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  -- Every text that begins so comes before this one, byte by byte.
  ending CONSTANT text := beginning || chr(1114111);
  nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
  first_tier CONSTANT int := coalesce(after_tier, 0);
  room int := page_size;
  added int;
  my_dong text;
  my_sigungu text;
  followed int;
  namesakes int;
  candidate record;
  before_user uuid;
  from_key text;
  from_user uuid;
BEGIN
  SELECT home.dong_code, home.sigungu_code INTO my_dong, my_sigungu FROM users CROSS JOIN LATERAL home_areas(region_code) AS home WHERE id = for_viewer;
  FOR at_tier IN first_tier .. 4 LOOP
    from_key := CASE WHEN at_tier = after_tier THEN after_key ELSE beginning END;
    from_user := CASE WHEN at_tier = after_tier THEN after_user ELSE nobody END;
    IF at_tier = 0 THEN
      CONTINUE WHEN by_initials;
      RETURN QUERY
      SELECT 0, names.key, names.user_id, names.kind, names.source_id
      FROM user_names AS names
      WHERE names.kind = 'nickname'
        AND NOT names.is_initials
        AND names.key = beginning
        AND names.user_id > from_user
        AND is_found_in(0, for_viewer, names, beginning)
      ORDER BY names.key, names.user_id
      LIMIT room;
    ELSIF at_tier = 1 THEN
      SELECT count(*) INTO followed FROM follows WHERE follower_id = for_viewer;
      CONTINUE WHEN followed = 0;
      -- To look somebody up by their id takes as long as to read about twenty names, so the shorter way is taken.
      SELECT count(*) INTO namesakes
      FROM (
        SELECT 1
        FROM user_names
        WHERE is_initials = by_initials AND key COLLATE "POSIX" >= beginning AND key COLLATE "POSIX" < ending
        LIMIT 20 * followed
      ) AS some_of_them;
      IF namesakes = 20 * followed THEN
        RETURN QUERY
        SELECT 1, first_name.key, first_name.user_id, first_name.kind, first_name.source_id
        FROM follows
        CROSS JOIN LATERAL (
          SELECT names.*
          FROM user_names AS names
          WHERE names.user_id = follows.followee_id AND names.is_initials = by_initials AND names.key >= beginning AND names.key < ending
          ORDER BY names.key, names.kind, names.source_id
          LIMIT 1
        ) AS first_name
        WHERE follower_id = for_viewer
          AND (first_name.key, first_name.user_id) > (from_key, from_user)
          AND (by_initials OR first_name.kind <> 'nickname' OR first_name.key <> beginning)
          AND NOT is_blocked(for_viewer, first_name.user_id)
        ORDER BY first_name.key, first_name.user_id
        LIMIT room;
        GET DIAGNOSTICS added = ROW_COUNT;
        room := room - added;
      ELSE
        -- Only the index is read, up to the end of the page.
        FOR candidate IN
          SELECT names.key, names.user_id
          FROM user_names AS names
          WHERE names.is_initials = by_initials
            AND names.key COLLATE "POSIX" >= from_key
            AND names.key COLLATE "POSIX" < ending
            AND (names.key COLLATE "POSIX", names.user_id) > (from_key, from_user)
            -- "= true" keeps it a filter by a hash. A join would read and sort everything.
            AND (names.user_id IN (SELECT followee_id FROM follows WHERE follower_id = for_viewer)) = true
          ORDER BY names.key COLLATE "POSIX", names.user_id
        LOOP
          EXIT WHEN room <= 0;
          CONTINUE WHEN candidate.user_id = before_user;
          before_user := candidate.user_id;
          SELECT names.key, names.user_id, names.kind, names.source_id INTO key, user_id, kind, source_id
          FROM user_names AS names
          WHERE names.user_id = candidate.user_id AND names.is_initials = by_initials AND names.key = candidate.key AND is_found_in(1, for_viewer, names, beginning);
          CONTINUE WHEN NOT FOUND;
          tier := 1;
          RETURN NEXT;
          room := room - 1;
        END LOOP;
      END IF;
      EXIT WHEN room <= 0;
      CONTINUE;
    ELSIF at_tier = 2 THEN
      CONTINUE WHEN my_dong IS NULL;
      RETURN QUERY
      SELECT 2, names.key, names.user_id, names.kind, names.source_id
      FROM user_names AS names
      WHERE names.dong_code = my_dong
        AND names.is_initials = by_initials
        AND names.key >= from_key
        AND names.key < ending
        AND (names.key, names.user_id) > (from_key, from_user)
        AND is_found_in(2, for_viewer, names, beginning)
      ORDER BY names.key, names.user_id
      LIMIT room;
    ELSIF at_tier = 3 THEN
      CONTINUE WHEN my_sigungu IS NULL;
      RETURN QUERY
      SELECT 3, names.key, names.user_id, names.kind, names.source_id
      FROM user_names AS names
      WHERE names.sigungu_code = my_sigungu
        AND names.is_initials = by_initials
        AND names.key >= from_key
        AND names.key < ending
        AND (names.key, names.user_id) > (from_key, from_user)
        AND (my_dong IS NULL OR names.dong_code IS DISTINCT FROM my_dong)
        AND is_found_in(3, for_viewer, names, beginning)
      ORDER BY names.key, names.user_id
      LIMIT room;
    ELSE
      RETURN QUERY
      SELECT 4, names.key, names.user_id, names.kind, names.source_id
      FROM user_names AS names
      WHERE names.is_initials = by_initials
        AND names.key COLLATE "POSIX" >= from_key
        AND names.key COLLATE "POSIX" < ending
        AND (names.key COLLATE "POSIX", names.user_id) > (from_key, from_user)
        AND (my_sigungu IS NULL OR names.sigungu_code IS DISTINCT FROM my_sigungu)
        AND is_found_in(4, for_viewer, names, beginning)
      ORDER BY names.key COLLATE "POSIX", names.user_id
      LIMIT room;
    END IF;
    GET DIAGNOSTICS added = ROW_COUNT;
    room := room - added;
    EXIT WHEN room <= 0;
  END LOOP;
END
$$;
