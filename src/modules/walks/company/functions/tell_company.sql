-- Leaves an outbox row for each person who was beside the owner of walks that are being completed, so that their walks are looked at again. The rows are needed
-- because two completions at the same time do not see each other. The rows are read when both are over. Answers the rows' ids.
CREATE OR REPLACE FUNCTION tell_company(of_user uuid, of_walks uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  INSERT INTO outbox (type, payload)
  SELECT DISTINCT 'walks.find_company', jsonb_build_object('user_id', met.user_id)
  FROM walks
  JOIN (
    SELECT other_id AS user_id, together FROM room_encounters WHERE one_id = of_user
    UNION ALL
    SELECT one_id, together FROM room_encounters WHERE other_id = of_user
  ) AS met ON met.together && tstzrange(walks.started_at, walks.ended_at) AND seconds_in(met.together) >= 600
  WHERE walks.id = ANY (of_walks) AND walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded'
  RETURNING outbox.id;
END
$$;
