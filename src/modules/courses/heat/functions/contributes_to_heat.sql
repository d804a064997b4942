-- Whether somebody's walks count on the heat map at `at`: an account of a fortnight with three valid walks, which is not suspended, and whose owner has not said no.
CREATE OR REPLACE FUNCTION contributes_to_heat(of_user users, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT of_user.created_at <= at - interval '14 days'
    AND of_user.deleted_at IS NULL
    AND of_user.banned_at IS NULL
    AND (of_user.suspended_until IS NULL OR of_user.suspended_until <= at)
    AND (of_user.settings -> 'contribute_to_heatmap') IS DISTINCT FROM 'false'::jsonb
    AND EXISTS (SELECT FROM user_totals WHERE user_totals.user_id = of_user.id AND user_totals.walk_count >= 3)
$$;
