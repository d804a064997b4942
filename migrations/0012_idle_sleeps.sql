-- Crons only enqueue; each task is a message, or several, with a lease of its own.
SET LOCAL lock_timeout = '5s';

ALTER TABLE job_runs
  ADD part int NOT NULL DEFAULT 0, -- a long task goes on in further messages: the part that comes next, or runs
  ADD cursor jsonb, -- where that part begins
  ADD lease_until timestamptz NOT NULL DEFAULT now() + interval '15 minutes',
  ADD message_id text, -- of the queue message that holds the lease; none while the next part's is on its way
  ADD attempt int; -- of that message: its next attempt may take the lease over at once
CREATE INDEX job_runs_unfinished ON job_runs (lease_until) WHERE finished_at IS NULL;

-- Until when a claimed push belongs to its consumer. `sweep_at` said that as well, so that an abandoned claim stayed due and stood before everything else.
ALTER TABLE notifications ADD claimed_until timestamptz;
UPDATE notifications SET claimed_until = sweep_at WHERE push_state = 'claimed';

-- Whoever has such a walk is passed over for the hall of fame.
CREATE INDEX walks_doubtful ON walks (user_id, started_at) WHERE NOT is_beyond_doubt AND is_valid AND deleted_at IS NULL;

CREATE INDEX track_spool_spooled ON track_spool (spooled_at, walk_id);
