-- Folds news into `warnings_in_force`: of each zone and kind the last news wins, in the order of (issued_at, seq), however often and in whatever order it arrives.
-- Of one bulletin, news that was called off wins over all, and an issue or a change over a lift. News that was called off was never in force, which an end of
-- -infinity says. A lift that was called off leaves the warning in force.
-- Where the last news names no beginning, it is the latest that older news names. A beginning of -infinity says that none is known yet.
-- Answers how many rows have changed, and the zones on land that `warning_zones` does not have.
CREATE OR REPLACE FUNCTION fold_warnings(notices jsonb) RETURNS TABLE (folded int, unknown_zones text[])
LANGUAGE sql AS $$
  WITH given AS (
    SELECT area_code, kind, area_name, level, issued_at, seq,
           -- A change to come leaves in force what is in force, and its level counts at once.
           CASE WHEN command = 'issued' OR starts_at <= issued_at THEN starts_at END AS starts_at,
           (command = 'lifted') <> is_cancelled AS is_lifted,
           CASE
             WHEN is_cancelled THEN CASE WHEN command <> 'lifted' THEN '-infinity'::timestamptz END
             WHEN command = 'lifted' THEN coalesce(ends_at, issued_at)
             ELSE ends_at
           END AS ends_at
    FROM jsonb_to_recordset(notices) AS notice (
      area_code text, kind warning_kind, area_name text, level warning_level, issued_at timestamptz, seq int, starts_at timestamptz, ends_at timestamptz,
      command text, is_cancelled boolean
    )
    -- What other commands mean is not known.
    WHERE command IN ('issued', 'lifted', 'extended', 'changed')
  ), last AS (
    SELECT DISTINCT ON (area_code, kind) *
    FROM given
    ORDER BY area_code, kind, issued_at DESC, seq DESC, news_rank(is_lifted, ends_at) DESC, level DESC, starts_at DESC NULLS LAST, ends_at DESC NULLS LAST, area_name
  ), news AS (
    SELECT last.area_code, last.kind, last.area_name, last.level, last.issued_at, last.seq, last.is_lifted, last.ends_at, last.starts_at,
           past.known_start, past.any_start
    FROM last
    CROSS JOIN LATERAL (
      SELECT max(given.starts_at) FILTER (WHERE given.starts_at <= last.issued_at) AS known_start, max(given.starts_at) AS any_start
      FROM given
      WHERE (given.area_code, given.kind) = (last.area_code, last.kind)
    ) AS past
  ), changed AS (
    INSERT INTO warnings_in_force AS it (area_code, kind, area_name, level, started_at, ends_at, issued_at, seq, is_lifted)
    SELECT area_code, kind, area_name, level, coalesce(greatest(starts_at, known_start), any_start, '-infinity'), ends_at, issued_at, seq, is_lifted
    FROM news
    ON CONFLICT (area_code, kind) DO UPDATE
    SET (area_name, level, started_at, ends_at, issued_at, seq, is_lifted) = (
      SELECT area_name, level, greatest(started_at, CASE WHEN other_start <= issued_at OR started_at = '-infinity' THEN other_start END), ends_at, issued_at, seq, is_lifted
      FROM (
        VALUES
          (it.area_name, it.level, it.started_at, excluded.started_at, it.ends_at, it.issued_at, it.seq, it.is_lifted),
          (excluded.area_name, excluded.level, excluded.started_at, it.started_at, excluded.ends_at, excluded.issued_at, excluded.seq, excluded.is_lifted)
      ) AS one (area_name, level, started_at, other_start, ends_at, issued_at, seq, is_lifted)
      ORDER BY issued_at DESC, seq DESC, news_rank(is_lifted, ends_at) DESC, level DESC, ends_at DESC NULLS LAST, area_name
      LIMIT 1
    )
    WHERE (excluded.issued_at, excluded.seq) > (it.issued_at, it.seq)
       OR (excluded.issued_at, excluded.seq) = (it.issued_at, it.seq)
          AND (excluded.area_name, excluded.level, excluded.started_at, excluded.ends_at, excluded.is_lifted)
              IS DISTINCT FROM (it.area_name, it.level, it.started_at, it.ends_at, it.is_lifted)
       OR excluded.started_at > it.started_at AND (excluded.started_at <= it.issued_at OR it.started_at = '-infinity')
    RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM changed),
         coalesce(
           (
             SELECT array_agg(DISTINCT given.area_code ORDER BY given.area_code)
             FROM given
             WHERE given.area_code LIKE 'L%' AND NOT EXISTS (SELECT 1 FROM warning_zones WHERE warning_zones.code = given.area_code)
           ),
           '{}'
         )
$$;
