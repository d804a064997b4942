-- Writes the company of somebody's walks, and what follows from it. Company that was found stays, whatever becomes of the other walk. The caller must have locked the
-- person's row, and must call fold_histogram at the end of the batch.
CREATE OR REPLACE FUNCTION find_company(of_user uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  walk record;
BEGIN
  FOR walk IN
    SELECT DISTINCT ON (walks.id) walks.id, walks.started_at, company_of(walks) AS company, walks.together_with
    FROM (
      SELECT together FROM room_encounters WHERE one_id = of_user
      UNION ALL
      SELECT together FROM room_encounters WHERE other_id = of_user
    ) AS met
    JOIN walks ON walks.user_id = of_user
      AND walks.is_valid
      AND walks.deleted_at IS NULL
      AND walks.source = 'recorded'
      AND walks.started_at BETWEEN lower(met.together) - interval '12 hours' AND upper(met.together)
    WHERE upper(met.together) > at - interval '32 days'
  LOOP
    CONTINUE WHEN walk.company <@ walk.together_with;
    UPDATE walks
    SET together_with = (SELECT array_agg(DISTINCT id) FROM unnest(together_with || walk.company) AS id)
    WHERE id = walk.id;
    PERFORM settle_walk(walk.id, at);
  END LOOP;
END
$$;
