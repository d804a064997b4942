import { type SQL, sql } from 'drizzle-orm'

/** Whether the viewer may write what others read. `viewer` must be in scope. */
export const mayWrite = (now: Date): SQL => sql`(viewer.suspended_until IS NULL OR viewer.suspended_until <= ${now.toISOString()})`

/** Until when and why the viewer is suspended, as `refuseSuspended` reads it, or null. `viewer` must be in scope. */
export const suspendedUntil = (now: Date): SQL<string | null> =>
  sql`CASE WHEN NOT ${mayWrite(now)} THEN concat_ws(' ', to_json(viewer.suspended_until) #>> '{}', viewer.suspended_reason) END`
