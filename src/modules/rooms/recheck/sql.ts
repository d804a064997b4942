import { type SQL, sql } from 'drizzle-orm'

/** Ids of the live rooms that somebody may be in, as a JSON list. A change of their rights or of their privacy zone must reach these rooms. */
export const liveRooms = (userId: SQL, now: Date): SQL => sql`(
          SELECT coalesce(json_agg(live_rooms.invitation_id), '[]')
          FROM live_rooms(${userId}, ${now.toISOString()})
        )`

/** Ids of the live rooms that two people may both be in, as a JSON list. */
export const sharedRooms = (one: SQL, other: SQL, now: Date): SQL => sql`(
          SELECT coalesce(json_agg(shared.invitation_id), '[]')
          FROM (
            SELECT invitation_id FROM live_rooms(${one}, ${now.toISOString()})
            INTERSECT
            SELECT invitation_id FROM live_rooms(${other}, ${now.toISOString()})
          ) AS shared
        )`
