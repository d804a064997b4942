import { evidencePath } from '../../../core/folders.ts'
import { DAY_MS } from '../../../core/time.ts'
import { defineJob, type Task } from '../../../jobs/job.ts'
import { deleteFolders } from '../../../jobs/objects.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { JOB } from '../../../jobs/types.ts'
import { evidenceName } from './content.service.ts'
import { dropEvidenceSchema, keepEvidenceSchema } from './evidence/schema.ts'
import { deleteTakedownsBefore, endTakedown, forgetCases, listCasesKeptUntil, listTakedownsToEnd } from './jobs.queries.ts'

const TAKEDOWN_KEPT_MS = 365 * DAY_MS
/** Of one message: a list, the cases, and three trips to R2 for each with photos. */
const CASES_AT_ONCE = 10
const FOLDER_TRIPS = 3
/** Of one message: a list, and two trips for each. */
const TAKEDOWNS_AT_ONCE = 15

/** Copies the photos of what was reported, so that the author cannot delete what is looked into. A photo that is gone already is left out. */
export const keepEvidence = defineJob({
  type: JOB.keepEvidence,
  payload: keepEvidenceSchema,
  async run({ bucket }, { photos, ...target }) {
    for (const { object_key } of photos) {
      const photo = await bucket.get(object_key)
      if (photo) await bucket.put(evidencePath(target, evidenceName(object_key)), await photo.arrayBuffer())
    }
  },
})

/** Deletes the copies of a case that went with its author. */
export const dropEvidence = defineJob({
  type: JOB.dropEvidence,
  payload: dropEvidenceSchema,
  async run(deps, target) {
    await deleteFolders(deps, [`${evidencePath(target)}/`], FOLDER_TRIPS)
  },
})

/** Forgets cases whose time is over, copies first, because only the rows name them. And demands after a year. */
export const purgeModeration: Task = {
  name: 'moderation.purge',
  async run(deps, scheduledAt) {
    const cases = await listCasesKeptUntil(deps.db, scheduledAt, CASES_AT_ONCE)
    for (const target of cases.filter(({ has_photos }) => has_photos)) await deleteFolders(deps, [`${evidencePath(target)}/`], FOLDER_TRIPS)
    if (cases.length > 0) await forgetCases(deps.db, cases, scheduledAt)
    if (cases.length === CASES_AT_ONCE) return { counts: { cases: cases.length }, next: {} }
    const takedowns = await deleteTakedownsBefore(deps.db, new Date(scheduledAt.getTime() - TAKEDOWN_KEPT_MS))
    return { counts: { cases: cases.length, takedowns }, next: null }
  },
}

/** Ends temporary measures whose 30 days are over. */
export const endTakedowns: Task = {
  name: 'moderation.end_takedowns',
  async run(deps, scheduledAt) {
    const ids = await listTakedownsToEnd(deps.db, scheduledAt, TAKEDOWNS_AT_ONCE)
    for (const id of ids) await announcePushes(deps, await endTakedown(deps.db, id, crypto.randomUUID(), scheduledAt))
    return { counts: { ended: ids.length }, next: ids.length === TAKEDOWNS_AT_ONCE ? {} : null }
  },
}
