-- How close somebody is to an author, 0 to 1: a tenth for each like, comment or reaction they gave to the author's walks, and for each invitation that both accepted, in the
-- thirty days before `at`, and no more than ten. Each probe of an index ends at ten, so it needs no estimate. A comment that was deleted after `at` still counts, because
-- an answer does not change while somebody scrolls.
CREATE OR REPLACE FUNCTION closeness(of_viewer uuid, to_author uuid, at timestamptz) RETURNS float8
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  since CONSTANT timestamptz := at - interval '30 days';
  given int;
BEGIN
  given := (SELECT count(*) FROM (
    SELECT 1 FROM likes WHERE user_id = of_viewer AND author_id = to_author AND created_at BETWEEN since AND at LIMIT 10
  ) AS few);
  IF given < 10 THEN
    given := given + (SELECT count(*) FROM (
      SELECT 1
      FROM comments
      WHERE user_id = of_viewer AND author_id = to_author AND created_at BETWEEN since AND at AND (deleted_at IS NULL OR deleted_at > at)
      LIMIT 10
    ) AS few);
  END IF;
  IF given < 10 THEN
    given := given + (SELECT count(*) FROM (
      SELECT 1 FROM reactions WHERE user_id = of_viewer AND author_id = to_author AND created_at BETWEEN since AND at LIMIT 10
    ) AS few);
  END IF;
  IF given < 10 THEN
    given := given + invitations_shared(of_viewer, to_author, since, at);
  END IF;
  RETURN least(given, 10) / 10.0::float8;
END
$$;
