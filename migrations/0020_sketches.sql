-- What others see of a walk: a sketch that no place can be computed from, and the map only where its owner opened it.
SET LOCAL lock_timeout = '5s';

ALTER TABLE walks
  ADD sketch jsonb, -- NULL until it is drawn, [] where the walk is too small for one
  ADD is_map_open boolean NOT NULL DEFAULT false; -- what its owner wants; `map_refusal` says whether it may be
CREATE INDEX walks_undrawn ON walks (id) WHERE sketch IS NULL AND route_polyline IS NOT NULL;
