-- The people whose walks count on the heat map at `at`: accounts of a fortnight with three valid walks, which are not suspended, and whose owners have not said no. It is SQL without a
-- setting, so Postgres writes it into the statement that selects from it.
CREATE OR REPLACE FUNCTION heat_contributors(at timestamptz) RETURNS TABLE (user_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT users.id
  FROM users
  JOIN user_totals ON user_totals.user_id = users.id
  WHERE user_totals.walk_count >= 3
    AND users.created_at <= at - interval '14 days'
    AND users.deleted_at IS NULL
    AND users.banned_at IS NULL
    AND (users.suspended_until IS NULL OR users.suspended_until <= at)
    AND (users.settings -> 'contribute_to_heatmap') IS DISTINCT FROM 'false'::jsonb
$$;
