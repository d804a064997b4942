import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { KmaCell } from '../../core/kma-grid.ts'
import { geographyPoint } from '../../db/geography.ts'
import { viewer } from '../../db/viewer.ts'
import type { Asked, Where } from './known.ts'

/** What Postgres knows of the weather of a place, as a scalar of SQL: a `Found`. `viewer` must be in scope. It also notes that the viewer wants the cell. */
export function knownWeather(where: Where, asked: Asked, now: Date): SQL {
  const region = where === 'own' ? sql`viewer.region_code` : sql`${'region_code' in where ? where.region_code : null}::text`
  const point = where !== 'own' && 'at' in where ? geographyPoint(where.at) : null
  return sql`known_weather(viewer.id, ${region}, ${point}, ${JSON.stringify(asked)}::jsonb, ${now.toISOString()})`
}

/** The columns `weather` and `due_at` of a walk that began then in that cell: its weather as it can be told now, or when to look again. */
export const weatherOfWalk = (cell: KmaCell | null, startedAt: string, now: Date): SQL =>
  sql`walk_weather(${cell?.nx ?? null}::smallint, ${cell?.ny ?? null}::smallint, ${startedAt}::timestamptz, ${now.toISOString()}::timestamptz)`

/** The last reading in the cell of a walk, to be shown until the weather of its hour is known. `walks` names its row. */
export const lastReading = (walks: SQL, now: Date): SQL =>
  sql`last_reading(${walks}.kma_nx, ${walks}.kma_ny, least(${walks}.started_at, ${now.toISOString()}::timestamptz))`

/** Notes that the viewer wants the weather of a cell. */
export const wantCell = (actor: Actor, { nx, ny }: KmaCell, now: Date): SQL => sql`
    WITH ${viewer(actor)}
    SELECT want_cell(${nx}::smallint, ${ny}::smallint, ${now.toISOString()}) FROM viewer`
