-- Reports, what moderators do about them, appeals, and demands of people whom something injures.
SET LOCAL lock_timeout = '5s';

ALTER TYPE notification_type ADD VALUE 'moderation';

CREATE TYPE report_reason AS ENUM ('inappropriate', 'spam', 'harassment', 'animal_abuse', 'privacy');
CREATE TYPE report_outcome AS ENUM ('upheld', 'rejected');
CREATE TYPE moderation_action AS ENUM ('dismiss', 'remove', 'warn', 'suspend', 'ban', 'restore', 'close');
CREATE TYPE appeal_decision AS ENUM ('uphold', 'reject');
CREATE TYPE takedown_ground AS ENUM ('privacy', 'defamation', 'copyright', 'other');
CREATE TYPE takedown_state AS ENUM ('received', 'closed', 'rejected', 'restored', 'removed');

ALTER TABLE users ADD suspended_reason report_reason;

ALTER TABLE moderation_cases
  ADD is_urgent boolean NOT NULL DEFAULT false, -- suspected animal abuse
  ADD is_evidence boolean NOT NULL DEFAULT false, -- of animal abuse, or of something with a basis in law: kept for three years, also when its author has left
  ADD is_cleared boolean NOT NULL DEFAULT false, -- a moderator has found it innocent as the snapshot shows it, so reports no longer hide it
  ADD decision moderation_action,
  ALTER snapshot DROP NOT NULL; -- a thing stays removed for longer than its snapshot is kept
CREATE INDEX moderation_cases_decided ON moderation_cases (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX moderation_cases_kept ON moderation_cases (keep_until) WHERE keep_until IS NOT NULL;

CREATE TABLE reports (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  target_type moderation_target NOT NULL,
  target_id uuid NOT NULL,
  reporter_id uuid REFERENCES users (id) ON DELETE SET NULL,
  reason report_reason NOT NULL,
  description text,
  created_at timestamptz NOT NULL,
  outcome report_outcome,
  decided_at timestamptz,
  FOREIGN KEY (target_type, target_id) REFERENCES moderation_cases (target_type, target_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX reports_once ON reports (reporter_id, target_type, target_id);
CREATE INDEX reports_target ON reports (target_type, target_id, created_at);
CREATE INDEX reports_judged ON reports (reporter_id, decided_at) WHERE outcome IS NOT NULL;

-- What somebody has reported and therefore sees no more, whatever comes of the report and however long it is kept.
CREATE TABLE report_hides (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  target_type moderation_target NOT NULL,
  target_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, target_type, target_id)
);
CREATE INDEX report_hides_made ON report_hides (user_id, created_at);
CREATE INDEX report_hides_target ON report_hides (target_id);

-- Comments of the same author with the same text as a reported one. They are held, and decided with it.
CREATE TABLE held_alike (
  comment_id uuid PRIMARY KEY REFERENCES comments (id) ON DELETE CASCADE,
  with_id uuid NOT NULL
);
CREATE INDEX held_alike_with ON held_alike (with_id);

-- What moderators did. A trigger refuses changes (migrations/after/0024_moderation_triggers.sql): a row goes with the person it is about, and an admin who leaves is
-- forgotten. Whatever a person wrote stands in other tables.
CREATE TABLE moderation_actions (
  id uuid PRIMARY KEY,
  admin_id uuid REFERENCES users (id) ON DELETE SET NULL, -- NULL when a task did it, or when the admin has left
  target_type moderation_target NOT NULL,
  target_id uuid NOT NULL,
  author_id uuid REFERENCES users (id) ON DELETE CASCADE,
  action moderation_action NOT NULL,
  days int,
  reason report_reason,
  note text NOT NULL,
  legal_basis text,
  undoes uuid REFERENCES moderation_actions (id) ON DELETE CASCADE,
  before jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX moderation_actions_author ON moderation_actions (author_id, created_at);
CREATE INDEX moderation_actions_target ON moderation_actions (target_type, target_id, created_at);
CREATE INDEX moderation_actions_admin ON moderation_actions (admin_id);
CREATE UNIQUE INDEX moderation_actions_undoes ON moderation_actions (undoes);

CREATE TABLE appeals (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  action_id uuid NOT NULL REFERENCES moderation_actions (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  text text NOT NULL,
  created_at timestamptz NOT NULL,
  decision appeal_decision,
  note text,
  decided_by uuid REFERENCES users (id) ON DELETE SET NULL,
  decided_at timestamptz
);
CREATE UNIQUE INDEX appeals_action ON appeals (action_id);
CREATE INDEX appeals_user ON appeals (user_id);
CREATE INDEX appeals_open ON appeals (created_at, id) WHERE decided_at IS NULL;
CREATE INDEX appeals_decided ON appeals (decided_at, id) WHERE decided_at IS NOT NULL;
CREATE INDEX appeals_decider ON appeals (decided_by);

-- Demands of people whom something injures, with or without an account (정보통신망법 §44-2).
CREATE TABLE takedowns (
  id uuid PRIMARY KEY,
  case_number text NOT NULL,
  request_hash text NOT NULL,
  claimant_name text NOT NULL,
  contact text NOT NULL,
  url text,
  target_type moderation_target,
  target_id uuid,
  ground takedown_ground NOT NULL,
  statement text NOT NULL,
  state takedown_state NOT NULL DEFAULT 'received',
  created_at timestamptz NOT NULL,
  closed_until timestamptz,
  action_id uuid REFERENCES moderation_actions (id) ON DELETE SET NULL, -- the one that closed it
  author_id uuid REFERENCES users (id) ON DELETE SET NULL,
  objection text,
  objected_at timestamptz,
  is_kept boolean NOT NULL DEFAULT false,
  note text,
  decided_by uuid REFERENCES users (id) ON DELETE SET NULL,
  decided_at timestamptz
);
CREATE UNIQUE INDEX takedowns_number ON takedowns (case_number);
CREATE INDEX takedowns_request ON takedowns (request_hash, created_at);
CREATE INDEX takedowns_created ON takedowns (created_at, id);
CREATE INDEX takedowns_target ON takedowns (target_type, target_id);
CREATE INDEX takedowns_closed ON takedowns (closed_until) WHERE state = 'closed';
CREATE INDEX takedowns_action ON takedowns (action_id);
CREATE INDEX takedowns_author ON takedowns (author_id);
CREATE INDEX takedowns_decider ON takedowns (decided_by);
