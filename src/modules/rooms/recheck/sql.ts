import { type SQL, sql } from 'drizzle-orm'

/** Ids of the live rooms that somebody may be in, as a list; what changes who they are, or what they may see, must reach these. */
export const liveRooms = (userId: SQL, now: Date): SQL => sql`(
          SELECT coalesce(json_agg(live_rooms.invitation_id), '[]')
          FROM live_rooms(${userId}, ${now.toISOString()})
        )`

/** Of two people, the live rooms that both may be in. */
export const sharedRooms = (one: SQL, other: SQL, now: Date): SQL => sql`(
          SELECT coalesce(json_agg(shared.invitation_id), '[]')
          FROM (
            SELECT invitation_id FROM live_rooms(${one}, ${now.toISOString()})
            INTERSECT
            SELECT invitation_id FROM live_rooms(${other}, ${now.toISOString()})
          ) AS shared
        )`
