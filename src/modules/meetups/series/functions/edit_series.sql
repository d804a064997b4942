-- Changes a meetup, and all its dates from one on that were not changed by themselves. Without `from_occurrence` that is the next one. `change` may hold columns of `meetups`,
-- and `lng` and `lat`. A change of when it is comes with a `plan` (`Plan` of modules/meetups/series/plan.ts), and `place_dates` says which date goes where. A plan of something
-- that has changed meanwhile is `stale`. What is over stays as it is. `by_host` must be locked before. Answers `{outcome, rooms, remind_at}`, and the dates where there are
-- more people than seats. Nothing is changed then.
CREATE OR REPLACE FUNCTION edit_series(of_meetup uuid, from_occurrence uuid, by_host uuid, change jsonb, plan jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  meetup meetups;
  base meetup_occurrences;
  was meetup_occurrences[];
  ahead uuid[];
  is_single boolean;
  slots CONSTANT timestamptz[] := ARRAY(SELECT jsonb_array_elements_text(plan -> 'slots')::timestamptz);
  crowded jsonb;
  placed jsonb;
  gone uuid[];
  rooms uuid[];
BEGIN
  SELECT * INTO meetup FROM meetups WHERE id = of_meetup FOR NO KEY UPDATE;
  IF meetup.host_id IS DISTINCT FROM by_host THEN
    RETURN jsonb_build_object('outcome', CASE WHEN sees_meetup(by_host, of_meetup) THEN 'not_host' ELSE 'unknown' END);
  ELSIF meetup.cancelled_at IS NOT NULL THEN
    RETURN '{"outcome": "cancelled"}';
  END IF;
  IF from_occurrence IS NOT NULL THEN
    SELECT * INTO base FROM meetup_occurrences WHERE id = from_occurrence AND meetup_id = of_meetup;
    IF base.id IS NULL THEN
      RETURN '{"outcome": "unknown"}';
    ELSIF base.cancelled_at IS NOT NULL THEN
      RETURN '{"outcome": "cancelled"}';
    ELSIF base.starts_at <= at THEN
      RETURN '{"outcome": "over"}';
    END IF;
  END IF;
  is_single := is_single_meetup(meetup, at);
  base := first_date_from(of_meetup, from_occurrence, at);
  IF base.id IS NULL AND (plan IS NOT NULL OR meetup.recurrence_rule IS NULL) THEN
    RETURN '{"outcome": "over"}';
  ELSIF plan IS NOT NULL AND (series_json(meetup), base.id) IS DISTINCT FROM (plan -> 'seen', (plan ->> 'first_id')::uuid) THEN
    RETURN '{"outcome": "stale"}';
  END IF;

  IF change ? 'category' OR change ? 'size_filter' THEN
    -- All dates ahead change with it, also those before this one, so all are locked in one order.
    PERFORM 1 FROM meetup_occurrences WHERE meetup_id = of_meetup AND starts_at > at ORDER BY id FOR NO KEY UPDATE;
  END IF;
  was := ARRAY(
    SELECT occurrence
    FROM meetup_occurrences AS occurrence
    WHERE occurrence.meetup_id = of_meetup AND occurrence.slot_at >= base.slot_at AND (occurrence.starts_at > at OR occurrence.is_own)
    ORDER BY occurrence.id
    FOR NO KEY UPDATE
  );
  ahead := ARRAY(SELECT id FROM unnest(was) WHERE starts_at > at AND cancelled_at IS NULL AND (is_single OR NOT is_own));
  IF plan IS NOT NULL THEN
    placed := place_dates(was, ahead, slots, base.slot_at);
    gone := ARRAY(SELECT id FROM unnest(ahead) AS id WHERE NOT placed ? id::text);
    ahead := ARRAY(SELECT id FROM unnest(ahead) AS id WHERE placed ? id::text);
  END IF;
  SELECT jsonb_agg(id ORDER BY slot_at) INTO crowded FROM unnest(was) WHERE id = ANY (ahead) AND going > (change ->> 'capacity')::int;
  IF crowded IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'below_going', 'occurrence_ids', crowded);
  END IF;

  UPDATE meetups
  SET title = coalesce(change ->> 'title', title),
      description = CASE WHEN change ? 'description' THEN change ->> 'description' ELSE description END,
      category = coalesce((change ->> 'category')::meetup_category, category),
      size_filter = CASE WHEN change ? 'size_filter' THEN (change ->> 'size_filter')::pet_size ELSE size_filter END,
      breed_code = CASE WHEN change ? 'breed_code' THEN change ->> 'breed_code' ELSE breed_code END,
      location_name = coalesce(change ->> 'location_name', location_name),
      location = coalesce(ST_SetSRID(ST_MakePoint((change ->> 'lng')::float8, (change ->> 'lat')::float8), 4326)::geography, location),
      capacity = coalesce((change ->> 'capacity')::int, capacity),
      approval = coalesce((change ->> 'approval')::meetup_approval, approval),
      starts_on = coalesce((plan ->> 'starts_on')::date, starts_on),
      starts_time = coalesce((plan ->> 'starts_time')::time, starts_time),
      recurrence_rule = CASE WHEN plan IS NULL THEN recurrence_rule ELSE plan ->> 'recurrence_rule' END,
      made_until = CASE WHEN plan IS NULL THEN made_until ELSE (plan ->> 'made_until')::date END,
      -- Nobody is asked about what repeats no more, and a series that begins now was renewed now.
      asked_at = CASE WHEN plan IS NULL OR plan ->> 'recurrence_rule' IS NOT NULL THEN asked_at END,
      renewed_at = CASE WHEN recurrence_rule IS NULL AND plan ->> 'recurrence_rule' IS NOT NULL THEN at ELSE renewed_at END
  WHERE id = of_meetup
  RETURNING * INTO meetup;
  UPDATE meetup_occurrences
  SET category = meetup.category, size_filter = meetup.size_filter
  WHERE meetup_id = of_meetup AND starts_at > at AND (change ? 'category' OR change ? 'size_filter');
  IF plan IS NOT NULL THEN
    -- A slot that one date takes may still be another's, so all give theirs up first. A cancelled date without one keeps its own, so that it is not made again.
    UPDATE meetup_occurrences SET slot_at = NULL WHERE id IN (SELECT id FROM unnest(was) WHERE cancelled_at IS NULL OR placed ? id::text OR slot_at = ANY (slots));
    UPDATE meetup_occurrences
    SET slot_at = (placed ->> id::text)::timestamptz,
        starts_at = CASE WHEN id = ANY (ahead) THEN (placed ->> id::text)::timestamptz ELSE starts_at END,
        ends_at = CASE WHEN id = ANY (ahead) THEN (placed ->> id::text)::timestamptz + interval '6 hours' ELSE ends_at END
    WHERE id IN (SELECT id FROM unnest(was)) AND placed ? id::text;
    PERFORM cancel_dates(of_meetup, gone, at);
  END IF;
  UPDATE meetup_occurrences
  SET location_name = CASE WHEN change ? 'location_name' THEN meetup.location_name ELSE location_name END,
      location = CASE WHEN change ? 'lng' THEN meetup.location ELSE location END,
      capacity = CASE WHEN change ? 'capacity' THEN meetup.capacity ELSE capacity END
  WHERE id = ANY (ahead);
  IF plan IS NOT NULL AND meetup.asked_at IS NULL THEN
    PERFORM make_dates(of_meetup, slots, at);
  ELSIF plan IS NOT NULL AND meetup.recurrence_rule IS NOT NULL THEN
    -- Nothing is made of a series that waits for an answer. What is missing by now is made after it.
    UPDATE meetups
    SET made_until = least(made_until, (
      SELECT (min(slot) AT TIME ZONE 'Asia/Seoul')::date - 1
      FROM unnest(slots) AS slot
      WHERE NOT EXISTS (SELECT 1 FROM meetup_occurrences WHERE meetup_id = of_meetup AND slot_at = slot)
    ))
    WHERE id = of_meetup;
  END IF;
  rooms := settle_changed_dates(of_meetup, was, at);
  RETURN jsonb_build_object('outcome', 'changed', 'rooms', rooms, 'remind_at', remind_at(of_meetup, at));
END
$$;
