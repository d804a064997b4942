import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import type { Sketch } from './sketch.ts'

export interface Undrawn {
  readonly id: string
  readonly route_polyline: string
}

/** Lists walks that have no sketch yet. */
export async function listUndrawn(db: Db, limit: number): Promise<Undrawn[]> {
  const { rows } = await db.execute<Undrawn & Record<string, unknown>>(sql`
    SELECT id, route_polyline
    FROM walks
    WHERE sketch IS NULL AND route_polyline IS NOT NULL
    ORDER BY id
    LIMIT ${limit}`)
  return rows
}

/** Keeps sketches. A walk that has one keeps it. */
export async function insertSketches(db: Db, drawn: readonly { readonly id: string; readonly sketch: Sketch }[]): Promise<void> {
  await db.execute(sql`
    UPDATE walks
    SET sketch = given.sketch
    FROM jsonb_to_recordset(${JSON.stringify(drawn)}) AS given (id uuid, sketch jsonb)
    WHERE walks.id = given.id AND walks.sketch IS NULL`)
}
