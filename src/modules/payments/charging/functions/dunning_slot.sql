-- When a declined renewal is tried again: at ten in the morning in Seoul, one, two and three days after the period ended, and never after the three days of grace. NULL when
-- there is no further try (docs/product.md#premium).
CREATE OR REPLACE FUNCTION dunning_slot(ended_at timestamptz, at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT min(slot.at_ten)
  FROM (
    SELECT least((((ended_at AT TIME ZONE 'Asia/Seoul')::date + days) + time '10:00') AT TIME ZONE 'Asia/Seoul', ended_at + interval '72 hours') AS at_ten
    FROM generate_series(1, 3) AS days
  ) AS slot
  WHERE slot.at_ten > at
$$;
