import { type SQL, sql } from 'drizzle-orm'

/** Ids of the live rooms that somebody may be in, of invitations and of meetups, as a JSON list. A change of their rights or of their privacy zone must reach these rooms. */
export const liveRooms = (userId: SQL, now: Date): SQL => sql`(
          SELECT coalesce(json_agg(live_rooms.invitation_id), '[]')
          FROM live_rooms(${userId}, ${now.toISOString()})
        )`

/**
 * Of dates of meetups those whose rooms may be open, as a JSON list of ids. `occurrenceIds` is a list or a subquery for `IN (…)`. Whoever takes a seat away, cancels a
 * date or moves one must tell these rooms. A date that is moved is asked for before it is moved, because the room may be open by the old time. A new seat need not be
 * told: the door asks Postgres.
 */
export const roomsOfDates = (occurrenceIds: SQL, now: Date): SQL => sql`(
          SELECT coalesce(json_agg(dated.id), '[]')
          FROM meetup_occurrences dated
          WHERE dated.id IN (${occurrenceIds}) AND room_opens_at(dated.starts_at) <= ${now.toISOString()} AND dated.ends_at > ${now.toISOString()}
        )`

/** Live rooms of a meetup that may be open, as a JSON list of ids. Moderation that closes something must tell them, where it is a meetup. No other thing has its id. */
export const roomsOfMeetup = (meetupId: SQL, now: Date): SQL =>
  roomsOfDates(sql`SELECT of_meetup.id FROM meetup_occurrences of_meetup WHERE of_meetup.meetup_id = ${meetupId}`, now)

/** Ids of the live rooms that two people may both be in, as a JSON list. */
export const sharedRooms = (one: SQL, other: SQL, now: Date): SQL => sql`(
          SELECT coalesce(json_agg(shared.invitation_id), '[]')
          FROM (
            SELECT invitation_id FROM live_rooms(${one}, ${now.toISOString()})
            INTERSECT
            SELECT invitation_id FROM live_rooms(${other}, ${now.toISOString()})
          ) AS shared
        )`
