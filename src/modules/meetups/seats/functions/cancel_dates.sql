-- Cancels dates of a meetup that are ahead, and tells all who were in, once for a meetup. Of `of_dates` NULL is all. Dates are locked in one order.
CREATE OR REPLACE FUNCTION cancel_dates(of_meetup uuid, of_dates uuid[], at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  gone uuid[];
BEGIN
  gone := ARRAY(
    SELECT id
    FROM meetup_occurrences
    WHERE meetup_id = of_meetup AND starts_at > at AND cancelled_at IS NULL AND (of_dates IS NULL OR id = ANY (of_dates))
    ORDER BY id
    FOR NO KEY UPDATE
  );
  UPDATE meetup_occurrences SET cancelled_at = at WHERE id = ANY (gone);
  PERFORM notify_meetup(
    'meetup_cancelled', of_meetup, first_date.occurrence_id, ARRAY[first_date.user_id], concat_ws(':', of_meetup, first_date.occurrence_id, at), NULL, at,
    jsonb_build_object('dates', first_date.dates)
  )
  FROM (
    SELECT part.user_id, (array_agg(part.occurrence_id ORDER BY occurrence.starts_at))[1] AS occurrence_id, count(*) AS dates
    FROM meetup_participants part
    JOIN meetup_occurrences occurrence ON occurrence.id = part.occurrence_id
    JOIN meetups ON meetups.id = occurrence.meetup_id
    WHERE part.occurrence_id = ANY (gone) AND part.status IN ('going', 'waiting', 'requested') AND part.user_id <> meetups.host_id
    GROUP BY part.user_id
  ) AS first_date;
END
$$;
