import { signedIn, type Actor } from '../../../core/actor.ts'
import { found } from '../../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../../core/idempotency.ts'
import { changePercent, elapsedPart, monthStart, monthsUpTo } from '../../../core/periods.ts'
import { DAY_MS, seoulDate } from '../../../core/time.ts'
import { violatedConstraint } from '../../../db/client.ts'
import type { Deps } from '../../../deps.ts'
import { premiumRequired } from '../../subscriptions/errors.ts'
import { periodOutOfReach } from '../../stats/errors.ts'
import { healthRecordInvalid, healthRecordNotFound, petNotFound } from '../errors.ts'
import { insertHealthRecord, listHealthRecords, markHealthRecordDeleted, updateHealthRecord } from './queries.ts'
import { findHealthReport } from './report.queries.ts'
import {
  type CreateHealthRecord,
  type EditHealthRecord,
  healthRecordPages,
  type HealthRecord,
  type HealthReport,
  type ListHealthRecordsQuery,
} from './schema.ts'

interface RecordOf {
  readonly petId: string
  readonly recordId: string
}

export async function listRecords(
  { db, cursors }: Pick<Deps, 'db' | 'cursors'>,
  actor: Actor,
  petId: string,
  { cursor, limit, type }: ListHealthRecordsQuery,
) {
  const list = healthRecordPages(cursors, actor.user_id, petId)
  const after = await list.after(cursor)
  const filter = { type: type ?? null, after: after && { record_date: after[0], id: after[1] }, limit }
  const records = found(signedIn(await listHealthRecords(db, actor, petId, filter)).records, petNotFound)
  return list.page(records, limit, ({ record_date, id }) => [record_date, id])
}

export async function addRecord(
  { db, keyedIds, now }: Pick<Deps, 'db' | 'keyedIds' | 'now'>,
  actor: Actor,
  petId: string,
  input: CreateHealthRecord,
  idempotency_key?: string,
): Promise<HealthRecord> {
  const at = now()
  refuseFuture(input.record_date, at)
  const route = `POST /pets/${petId}/health-records`
  const creation = await identifyCreation({ keyedIds }, { user_id: actor.user_id, route, body: input, idempotency_key })
  const answer = signedIn(await insertHealthRecord(db, actor, petId, { ...input, ...creation }, at))
  if (!answer.has_pet) throw petNotFound()
  if (!answer.record || answer.request_hash !== creation.request_hash) throw idempotencyConflict()
  return answer.record
}

export async function editRecord(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  actor: Actor,
  of: RecordOf,
  change: EditHealthRecord,
): Promise<HealthRecord> {
  if (change.record_date !== undefined) refuseFuture(change.record_date, now())
  const answer = await updateHealthRecord(db, actor, of, change).catch((error: unknown) => {
    throw violatedConstraint(error)?.startsWith('health_records_') ? healthRecordInvalid({ cause: error }) : error
  })
  return found(signedIn(answer).record, healthRecordNotFound)
}

export async function removeRecord({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, of: RecordOf): Promise<void> {
  if (!signedIn(await markHealthRecordDeleted(db, actor, of, now())).is_known) throw healthRecordNotFound()
}

export async function getHealthReport(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  actor: Actor,
  petId: string,
  month: string,
): Promise<HealthReport> {
  const today = seoulDate(now())
  if (month > today.slice(0, 7)) throw periodOutOfReach()
  const days = monthsUpTo(`${month}-01`, 1)
  const before = elapsedPart(days, monthsUpTo(monthStart(days.from, -1), 1), today)
  const answer = signedIn(await findHealthReport(db, actor, petId, { month: days, before, today }, now()))
  const { weight_before_kg, walks_before, ...report } = found(answer.report, petNotFound)
  if (!answer.is_premium) throw premiumRequired()
  const weights = report.weights.map(({ value_numeric }) => value_numeric).filter((kg) => kg !== null)
  const [begin, end] = [weight_before_kg ?? weights.at(0) ?? null, weights.at(-1) ?? null]
  const hasChange = begin !== null && end !== null && (weight_before_kg === null ? weights.length > 1 : true)
  return {
    month,
    ...report,
    weight_begin_kg: begin,
    weight_end_kg: end,
    weight_change_kg: hasChange ? Math.round((end - begin) * 10) / 10 : null,
    walks_before: { ...before, ...walks_before },
    distance_change_percent: changePercent(report.walks.distance_m, walks_before.distance_m),
  }
}

/** A phone may be a day ahead of Seoul. */
function refuseFuture(recordDate: string, now: Date): void {
  if (recordDate > seoulDate(new Date(now.getTime() + DAY_MS))) throw healthRecordInvalid()
}
