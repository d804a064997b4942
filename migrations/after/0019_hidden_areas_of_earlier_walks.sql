-- The walks that stand already. Each end lies in its own cell here: a start close to a used cell may add one more, and so hides a little more.
SET LOCAL lock_timeout = '5s';
-- Walks that are completed now wait, so that no count is written over.
LOCK TABLE walk_ends, hidden_areas IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO walk_ends (walk_id, user_id, cell_x, cell_y, started_at)
SELECT walks.id, walks.user_id, floor(there.x / 500), floor(there.y / 500), walks.started_at
FROM walks
CROSS JOIN LATERAL ends_on_grid(walks.line) AS there
WHERE walks.is_valid AND walks.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM walk_ends WHERE walk_ends.walk_id = walks.id)
ON CONFLICT DO NOTHING;

INSERT INTO hidden_areas (user_id, cell_x, cell_y, first_used_at, last_used_on, days_used)
SELECT user_id, cell_x, cell_y, min(started_at), max(seoul_day(started_at)), count(DISTINCT seoul_day(started_at))
FROM walk_ends
GROUP BY user_id, cell_x, cell_y
ON CONFLICT (user_id, cell_x, cell_y) DO UPDATE
SET first_used_at = excluded.first_used_at, last_used_on = excluded.last_used_on, days_used = excluded.days_used;
