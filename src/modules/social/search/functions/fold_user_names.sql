-- Rewrites the names by which somebody is found, from the account and the pets as they are now: none while they are leaving or do not want to be found. The lock lets changes
-- of one person's account and pets follow one another.
CREATE OR REPLACE FUNCTION fold_user_names(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM users WHERE id = of_user FOR NO KEY UPDATE;
  DELETE FROM user_names WHERE user_id = of_user;
  INSERT INTO user_names (user_id, kind, source_id, is_initials, name, dong_code, sigungu_code)
  SELECT of_user, named.kind, named.source_id, form.is_initials, named.name, home.dong_code, home.sigungu_code
  FROM users
  LEFT JOIN home_areas(users.region_code) AS home ON true
  CROSS JOIN LATERAL (
    SELECT 'nickname'::name_kind AS kind, users.id AS source_id, users.nickname AS name
    UNION ALL
    SELECT 'pet', pets.id, pets.name
    FROM pets
    WHERE pets.user_id = of_user AND pets.archived_at IS NULL AND NOT pets.is_placeholder
  ) AS named
  CROSS JOIN (VALUES (false), (true)) AS form (is_initials)
  WHERE users.id = of_user
    AND users.deleted_at IS NULL
    AND coalesce((users.settings ->> 'searchable')::boolean, true)
    -- A query for initials has a consonant.
    AND (NOT form.is_initials OR name_key(named.name, true) ~ '[ㄱ-ㅎ]');
END
$$;
