import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { KmaCell } from '../../core/kma-grid.ts'
import { viewer } from '../../db/viewer.ts'

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
