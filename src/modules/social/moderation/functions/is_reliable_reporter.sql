-- Whether the reports of a person have weight: at least half of the last ten that were decided were upheld, or fewer than three were decided.
CREATE OR REPLACE FUNCTION is_reliable_reporter(of_user uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT count(*) < 3 OR 2 * count(*) FILTER (WHERE latest.outcome = 'upheld') >= count(*)
    FROM (SELECT outcome FROM reports WHERE reporter_id = of_user AND outcome IS NOT NULL ORDER BY decided_at DESC, id LIMIT 10) AS latest
  );
END
$$;
