import { sql } from 'drizzle-orm'
import type { Actor } from '../../../../core/actor.ts'
import { type Db, runBatch } from '../../../../db/client.ts'
import { lockViewer, viewer } from '../../../../db/viewer.ts'
import { roomsOfMeetup } from '../../../rooms/recheck/sql.ts'
import { blockSomebody } from '../../blocks/sql.ts'
import type { CreateReport } from './schema.ts'

/** What `make_report` answers. */
export type ReportVerdict =
  | { readonly verdict: 'made' | 'repeated'; readonly created_at: string }
  | { readonly verdict: 'missing' | 'own' | 'too_many'; readonly created_at?: never }

/** In place of the statements of a block, where nobody is to be blocked. */
const NOTHING = {
  rooms: sql<{ rooms: string[] }>`SELECT '[]'::json AS rooms`,
  told: sql<{ id: string }>`SELECT NULL::uuid AS id WHERE false`,
}

// blocked too: `visible_target` asks.
/**
 * Reports something, and blocks its author where that is wanted. `rooms` are the live rooms that the two may share, and those of a meetup, which the report may have closed, `told` notifications to be announced. `outbox_ids` copy the photos of what was reported for
 * the first time.
 */
export async function insertReport(
  db: Db,
  actor: Actor,
  { target_type, target_id, reason, description, also_block }: CreateReport,
  dayMax: number,
  now: Date,
): Promise<{ report: ReportVerdict; rooms: string[]; told: string[]; outbox_ids: string[] } | null> {
  const at = now.toISOString()
  const target = sql`${target_type}::moderation_target, ${target_id}::uuid`
  // What somebody could not see blocks nobody, so that nobody learns whose it is.
  const author = sql`(
      SELECT target_author(${target}) FROM report_hides WHERE user_id = ${actor.user_id} AND (target_type, target_id) = (${target})
    )`
  const { report, block, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    report: sql<{ verdict: ReportVerdict }>`
    WITH ${viewer(actor)}
    SELECT make_report(viewer.id, ${target}, ${reason}::report_reason, ${description || null}, ${dayMax}, ${at}) AS verdict
    FROM viewer`,
    block: also_block ? blockSomebody(actor, author, now) : NOTHING,
    answer: sql<{ outbox_ids: string[]; closed: string[] }>`
    WITH ${viewer(actor)}
    SELECT (
             SELECT coalesce(json_agg(outbox.id), '[]')
             FROM outbox
             WHERE outbox.type = 'moderation.keep_evidence' AND outbox.done_at IS NULL AND outbox.created_at = now()
           ) AS outbox_ids,
           ${roomsOfMeetup(sql`${target_id}::uuid`, now)} AS closed
    FROM viewer`,
  })
  if (!report[0] || !answer[0]) return null
  const { outbox_ids, closed } = answer[0]
  const rooms = report[0].verdict.verdict === 'missing' ? [] : [...new Set([...(block.rooms[0]?.rooms ?? []), ...closed])]
  return { report: report[0].verdict, rooms, told: block.told.map(({ id }) => id), outbox_ids }
}
