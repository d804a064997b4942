import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import type { Typed } from './rules.ts'
import type { FoundUser } from './schema.ts'

/** Somebody who was found, and where they stand in the list. */
export interface FoundRow extends FoundUser {
  readonly tier: number
  readonly key: string
}

export interface FoundPage {
  readonly after: { readonly tier: number; readonly key: string; readonly user_id: string } | null
  readonly limit: number
}

/** People of whom a name begins as was typed, nearest first, one more than `limit`. */
export function listPeopleNamed(
  db: Db,
  actor: Actor,
  { text, by_initials }: Typed,
  { after, limit }: FoundPage,
  now: Date,
): Promise<{ items: FoundRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT people_page(
             viewer.id, ${text}, ${by_initials}, ${after?.tier ?? null}, ${after?.key ?? null}, ${after?.user_id ?? null}, ${limit + 1}, ${now.toISOString()}
           ) AS items
    FROM viewer`,
  )
}
