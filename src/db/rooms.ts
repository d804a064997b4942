import { type SQL, sql } from 'drizzle-orm'

/** Ids of the live rooms that somebody may be in, as a list; what changes who they are, or what they may see, must reach these. */
export const liveRooms = (userId: SQL, now: Date): SQL => sql`(
          SELECT coalesce(json_agg(live_rooms.invitation_id), '[]')
          FROM live_rooms(${userId}, ${now.toISOString()})
        )`
