-- Whether a name that begins as the query does shows its person in this tier of `people_named`: in no tier before, by none of their names before it, neither oneself nor
-- somebody with a block between the two.
CREATE OR REPLACE FUNCTION is_found_in(tier int, for_viewer uuid, found user_names, beginning text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN found.user_id <> for_viewer
    AND (tier = 0 OR found.is_initials OR found.kind <> 'nickname' OR found.key <> beginning)
    AND (tier <= 1 OR NOT EXISTS (SELECT 1 FROM follows WHERE follower_id = for_viewer AND followee_id = found.user_id))
    AND NOT EXISTS (
      SELECT 1
      FROM user_names
      WHERE user_id = found.user_id
        AND is_initials = found.is_initials
        AND key >= beginning
        AND key <= found.key
        AND (key, kind, source_id) < (found.key, found.kind, found.source_id)
    )
    AND NOT is_blocked(for_viewer, found.user_id);
END
$$;
