-- Dates of meetups as `ListedMeetup` of modules/meetups/schema.ts, soonest first, for somebody who may see them. It is a function, because planning the statement takes as long
-- as all the rest, and the plan of a function is kept.
CREATE OR REPLACE FUNCTION listed_meetups(for_viewer uuid, dates uuid[], near geography, pets_max int, at timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object(
      'occurrence_id', occurrence.id,
      'starts_at', occurrence.starts_at,
      'ends_at', occurrence.ends_at,
      'location_name', occurrence.location_name,
      'lat', ST_Y(occurrence.location::geometry),
      'lng', ST_X(occurrence.location::geometry),
      'capacity', occurrence.capacity,
      'going', occurrence.going,
      'is_cancelled', occurrence.cancelled_at IS NOT NULL,
      'my_status', mine.status,
      'position', CASE WHEN mine.status = 'waiting' THEN (
        SELECT count(*)
        FROM meetup_participants ahead
        WHERE ahead.occurrence_id = occurrence.id AND ahead.status = 'waiting' AND ahead.queue_no <= mine.queue_no
      ) END,
      'distance_m', round(ST_Distance(occurrence.location, near))::int,
      'pets', (
        SELECT coalesce(json_agg(shown.card ORDER BY shown.queue_no), '[]')
        FROM (
          SELECT pet.card, part.queue_no
          FROM (
            -- Blocks are asked in the order of joining, until there are enough.
            SELECT user_id, queue_no
            FROM meetup_participants
            WHERE occurrence_id = occurrence.id AND status = 'going' AND user_id <> meetups.host_id
            ORDER BY queue_no
            OFFSET 0
          ) AS part
          CROSS JOIN LATERAL (
            SELECT shown_pets.card FROM shown_pets(at) WHERE shown_pets.user_id = part.user_id AND shown_pets.is_primary_shown OFFSET 0
          ) AS pet
          WHERE (SELECT users.deleted_at IS NULL FROM users WHERE users.id = part.user_id) AND NOT is_blocked(for_viewer, part.user_id)
          LIMIT pets_max
        ) AS shown
      ),
      'meetup', json_build_object(
        'id', meetups.id,
        'title', meetups.title,
        'description', meetups.description,
        'category', meetups.category,
        'size_filter', meetups.size_filter,
        'breed', (SELECT json_build_object('code', breeds.code, 'name', breeds.name) FROM breeds WHERE breeds.code = meetups.breed_code),
        'recurrence_rule', meetups.recurrence_rule,
        'approval', meetups.approval,
        'created_at', meetups.created_at,
        'cancelled_at', meetups.cancelled_at
      ),
      'host', json_build_object('id', host.id, 'nickname', host.nickname, 'pet', (
        SELECT shown_pets.card FROM shown_pets(at) WHERE shown_pets.user_id = host.id AND shown_pets.is_primary_shown
      ))
    ) ORDER BY occurrence.starts_at, occurrence.id), '[]')
    FROM unnest(dates) AS asked (id)
    JOIN meetup_occurrences occurrence ON occurrence.id = asked.id
    JOIN meetups ON meetups.id = occurrence.meetup_id
    JOIN users host ON host.id = meetups.host_id
    LEFT JOIN meetup_participants mine ON mine.occurrence_id = occurrence.id AND mine.user_id = for_viewer
  );
END
$$;
