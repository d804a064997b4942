-- A refund remembers what was left of its payment when it was first sent, because whatever is sent again under the same idempotency key must be the same request.
SET LOCAL lock_timeout = '5s';

ALTER TABLE refunds ADD left_won int;
