-- What is given back of a period that is ended: what was paid without its share of the days used. Every day of Seoul that has begun counts, and the rest is rounded down to
-- ten won.
CREATE OR REPLACE FUNCTION termination_refund(paid_won int, starts_at timestamptz, ends_at timestamptz, at timestamptz) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
  days CONSTANT int := greatest(seoul_day(ends_at) - seoul_day(starts_at), 1);
  used CONSTANT int := least(greatest(seoul_day(at) - seoul_day(starts_at) + 1, 0), days);
BEGIN
  RETURN floor((paid_won - paid_won::numeric * used / days) / 10)::int * 10;
END
$$;
