-- Two people do not meet any more: each leaves the other's meetups that are ahead. Dates of both are locked in one order.
CREATE OR REPLACE FUNCTION part_meetups(one uuid, other uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1
  FROM meetup_occurrences
  WHERE id IN (
    SELECT part.occurrence_id
    FROM meetup_participants part
    JOIN meetup_occurrences occurrence ON occurrence.id = part.occurrence_id
    JOIN meetups ON meetups.id = occurrence.meetup_id
    WHERE (part.user_id, meetups.host_id) IN ((one, other), (other, one)) AND part.status IN ('going', 'waiting', 'requested') AND occurrence.starts_at > at
  )
  ORDER BY id
  FOR NO KEY UPDATE;
  PERFORM leave_ahead(one, other, at);
  PERFORM leave_ahead(other, one, at);
END
$$;
