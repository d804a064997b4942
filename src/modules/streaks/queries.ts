import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { StreakRow } from './rules.ts'

export function findStreak(db: Db, actor: Actor, now: Date): Promise<{ streak: StreakRow } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT streak_json(viewer.id, ${now.toISOString()}) AS streak
    FROM viewer`,
  )
}
