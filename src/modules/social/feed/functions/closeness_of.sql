-- How close somebody is to those to whom they gave something in the thirty days before `at`, 0 to 1: a tenth for each like, comment or reaction on a walk of theirs, and for
-- each invitation that both accepted, and no more than ten. It reads what they gave once, because asking author by author costs more than all the rest of a feed. A comment
-- that was deleted after `at` still counts, because an answer does not change while somebody scrolls.
CREATE OR REPLACE FUNCTION closeness_of(of_viewer uuid, at timestamptz) RETURNS TABLE (author_id uuid, closeness float8)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_nestloop = on AS $$
#variable_conflict use_column
DECLARE
  since CONSTANT timestamptz := at - interval '30 days';
BEGIN
  RETURN QUERY
  SELECT given.author_id, least(count(*), 10) / 10.0::float8
  FROM (
    SELECT likes.author_id FROM likes WHERE likes.user_id = of_viewer AND likes.created_at BETWEEN since AND at
    UNION ALL
    SELECT comments.author_id
    FROM comments
    WHERE comments.user_id = of_viewer AND comments.created_at BETWEEN since AND at AND (comments.deleted_at IS NULL OR comments.deleted_at > at)
    UNION ALL
    SELECT reactions.author_id FROM reactions WHERE reactions.user_id = of_viewer AND reactions.created_at BETWEEN since AND at
    UNION ALL
    SELECT company.user_id FROM company_accepted(of_viewer, since, at) AS company
  ) AS given
  GROUP BY given.author_id;
END
$$;
