-- What must happen later and may not be lost.
SET LOCAL lock_timeout = '5s';

-- Written in the same statement as its cause; the queue carries only its id.
CREATE TABLE outbox (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  type text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  not_before timestamptz NOT NULL DEFAULT now(), -- when the sweeper may send it (again)
  attempts int NOT NULL DEFAULT 0,
  done_at timestamptz,
  last_error text
);
CREATE INDEX outbox_waiting ON outbox (not_before) WHERE done_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE dead_letters (
  id text PRIMARY KEY, -- the queue message's
  queue text NOT NULL,
  body jsonb NOT NULL,
  died_at timestamptz NOT NULL
);

-- The lease of a cron run: a job runs once for a scheduled time, however often the trigger fires.
CREATE TABLE job_runs (
  job text NOT NULL,
  scheduled_at timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  result jsonb,
  error text,
  PRIMARY KEY (job, scheduled_at)
);
