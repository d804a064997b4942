-- A valid walk may count for its owner alone. Copies of a recording are found by parts. Walks are measured again when the rules change.
SET LOCAL lock_timeout = '5s';

ALTER TABLE walks
  ADD is_ranked boolean NOT NULL DEFAULT true, -- says nothing of a walk that is not valid
  ADD measured_version smallint NOT NULL DEFAULT 1; -- by which rules; MEASURED_VERSION of modules/walks/rules.ts is today's
-- Only walks that wait to be measured again are in it.
CREATE INDEX walks_measured_before_2 ON walks (id) WHERE measured_version < 2 AND track_key IS NOT NULL AND deleted_at IS NULL;

-- What copies of a walk are found by (`Residuals` of src/measuring/residuals.ts). It goes with its walk.
CREATE TABLE walk_traces (
  walk_id uuid PRIMARY KEY REFERENCES walks ON DELETE CASCADE,
  cells int[] NOT NULL,
  trace bytea NOT NULL,
  richness int NOT NULL,
  distance_m int NOT NULL, -- that of its walk, so that no walk is looked up to choose among traces
  is_compared boolean NOT NULL DEFAULT false -- once more, a while after it arrived
);
CREATE INDEX walk_traces_uncompared ON walk_traces (walk_id) WHERE NOT is_compared;
CREATE INDEX walk_traces_cells ON walk_traces USING gin (cells);
