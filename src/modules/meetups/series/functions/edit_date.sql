-- Changes one date of a series, which from then on changes of the series leave. Where it is all that is left of a meetup, the meetup is changed itself. `change` may
-- hold `starts_at`, `location_name`, `lng`, `lat` and `capacity`. Where its `may_move` is false a time that is another one is refused as `time`. `by_host` must be
-- locked before. Answers `{outcome, rooms, remind_at}`, and the date where there are more people than seats.
CREATE OR REPLACE FUNCTION edit_date(of_meetup uuid, of_occurrence uuid, by_host uuid, change jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  meetup meetups;
  was meetup_occurrences;
  stands meetup_occurrences;
  rooms uuid[];
  seoul CONSTANT timestamp := (change ->> 'starts_at')::timestamptz AT TIME ZONE 'Asia/Seoul';
BEGIN
  SELECT * INTO meetup FROM meetups WHERE id = of_meetup FOR NO KEY UPDATE;
  SELECT * INTO was FROM meetup_occurrences WHERE id = of_occurrence AND meetup_id = of_meetup FOR NO KEY UPDATE;
  IF change ->> 'may_move' = 'false' AND meetup.host_id = by_host AND was.cancelled_at IS NULL AND was.starts_at > at AND was.starts_at <> (change ->> 'starts_at')::timestamptz THEN
    RETURN '{"outcome": "time"}';
  END IF;
  IF meetup.host_id = by_host AND is_single_meetup(meetup, at) AND (first_date_from(of_meetup, of_occurrence, at)).id = of_occurrence THEN
    RETURN edit_series(of_meetup, of_occurrence, by_host, change - 'starts_at', CASE WHEN change ? 'starts_at' THEN jsonb_build_object(
      'seen', series_json(meetup), 'first_id', of_occurrence, 'starts_on', seoul::date, 'starts_time', seoul::time, 'recurrence_rule', NULL, 'made_until', NULL,
      'slots', jsonb_build_array(change ->> 'starts_at')
    ) END, at);
  END IF;
  IF meetup.host_id IS DISTINCT FROM by_host THEN
    RETURN jsonb_build_object('outcome', CASE WHEN sees_meetup(by_host, of_meetup) THEN 'not_host' ELSE 'unknown' END);
  ELSIF was.id IS NULL THEN
    RETURN '{"outcome": "unknown"}';
  ELSIF was.cancelled_at IS NOT NULL THEN
    RETURN '{"outcome": "cancelled"}';
  ELSIF was.starts_at <= at THEN
    RETURN '{"outcome": "over"}';
  ELSIF was.going > (change ->> 'capacity')::int THEN
    RETURN jsonb_build_object('outcome', 'below_going', 'occurrence_ids', jsonb_build_array(was.id));
  END IF;
  stands := was;
  stands.starts_at := coalesce((change ->> 'starts_at')::timestamptz, was.starts_at);
  stands.location_name := coalesce(change ->> 'location_name', was.location_name);
  stands.location := coalesce(ST_SetSRID(ST_MakePoint((change ->> 'lng')::float8, (change ->> 'lat')::float8), 4326)::geography, was.location);
  stands.capacity := coalesce((change ->> 'capacity')::int, was.capacity);
  -- What is sent again as it is makes nothing a date's own.
  UPDATE meetup_occurrences
  SET is_own = is_own
        OR (stands.starts_at, stands.location_name, stands.capacity) IS DISTINCT FROM (was.starts_at, was.location_name, was.capacity)
        OR ST_AsBinary(stands.location) <> ST_AsBinary(was.location),
      starts_at = stands.starts_at,
      ends_at = stands.starts_at + interval '6 hours',
      location_name = stands.location_name,
      location = stands.location,
      capacity = stands.capacity
  WHERE id = of_occurrence;
  rooms := settle_changed_dates(of_meetup, ARRAY[was], at);
  RETURN jsonb_build_object('outcome', 'changed', 'rooms', rooms, 'remind_at', remind_at(of_meetup, at));
END
$$;
