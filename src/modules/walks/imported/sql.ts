import { type SQL, sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { multiLine } from '../../../db/twkb.ts'

/** A walk from elsewhere, measured and ready to be stored. */
export interface ImportedWalk {
  /** Made of its owner and its track, so that the same track again is the same walk. */
  readonly id: string
  /** Columns of `walks`. */
  readonly columns: object
  readonly line: Parameters<typeof multiLine>[0]
}

/** A call of `import_walk`, which answers `{state, reason, walk_id}`. */
export const importWalk = (userId: SQL, walk: ImportedWalk, petIds: readonly string[], now: Date): SQL =>
  sql`import_walk(${walk.id}::uuid, ${userId}, ${JSON.stringify(walk.columns)}::jsonb, ${multiLine(walk.line)}, ${asArray(petIds)}::uuid[], ${now.toISOString()}::timestamptz)`
