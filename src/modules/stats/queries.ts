import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { WeekSummary } from './schema.ts'
import { weekJson } from './sql.ts'

export function findWeek(db: Db, actor: Actor, now: Date): Promise<{ week: WeekSummary } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT ${weekJson(sql`viewer.id`, now)} AS week
    FROM viewer`,
  )
}
