-- What stood before a walk is counted has a column of its own, so that `answer` has one shape. It is empty but for within the transaction that completes the walk.
SET LOCAL lock_timeout = '5s';

ALTER TABLE walks ADD standing_before jsonb;
