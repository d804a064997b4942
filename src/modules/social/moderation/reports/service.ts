import { signedIn, type Actor } from '../../../../core/actor.ts'
import type { Deps } from '../../../../deps.ts'
import { announce, announcePushes } from '../../../../jobs/outbox.ts'
import { recheckRooms } from '../../../rooms/recheck/service.ts'
import { ownContent, targetNotFound, tooManyReports } from '../errors.ts'
import { insertReport } from './queries.ts'
import type { CreateReport, Report } from './schema.ts'

/** In 24 hours. */
const DAY_MAX = 20
/** The day is the last 24 hours, so reports become free one by one. */
const RETRY_AFTER_SEC = 3_600

/** Reports something once. Reporting it again answers the same, and may block its author where the first report did not. */
export async function report(
  deps: Pick<Deps, 'db' | 'jobs' | 'now' | 'pushes' | 'rooms' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  input: CreateReport,
): Promise<Report> {
  const { report: made, rooms, told, outbox_ids } = signedIn(await insertReport(deps.db, actor, input, DAY_MAX, deps.now()))
  if (made.verdict === 'missing') throw targetNotFound()
  if (made.verdict === 'own') throw ownContent()
  if (made.verdict === 'too_many' || made.created_at === undefined)
    throw tooManyReports({ headers: { 'Retry-After': String(RETRY_AFTER_SEC) } })
  deps.waitUntil(Promise.all([announce(deps, outbox_ids), announcePushes(deps, told)]))
  await recheckRooms(deps, rooms)
  const { target_type, target_id } = input
  const created_at = new Date(made.created_at).toISOString()
  return { target_type, target_id, created_at }
}
