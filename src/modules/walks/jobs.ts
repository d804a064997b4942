import { z } from 'zod'
import { fromBase64 } from '../../core/base64.ts'
import { uuidSchema } from '../../core/fields.ts'
import { DAY_MS } from '../../core/time.ts'
import { defineJob, done, type DueTask, type Task, TRIPS_MAX } from '../../jobs/job.ts'
import { deleteFolders } from '../../jobs/objects.ts'
import { announcePushes } from '../../jobs/outbox.ts'
import { JOB } from '../../jobs/types.ts'
import { pathIn, walkFolders } from '../../core/folders.ts'
import { measureWalksAgain } from './again/service.ts'
import { findCompanySchema } from './company/schema.ts'
import { findCompanyForWalks } from './company/service.ts'
import { compareWalks } from './copies/service.ts'
import {
  deleteHiddenAreasBefore,
  deleteSpooledTracks,
  deleteWalkRows,
  endWalksActiveSince,
  listPurgeableWalks,
  listSpooledTracks,
  nextForgottenWalk,
} from './purge.queries.ts'
import { LATE_MAX_MS } from './rules.ts'
import { decodeRoute } from './showing/presentation.ts'
import { insertSketches, listUndrawn } from './showing/queries.ts'
import { drawSketch } from './showing/sketch.ts'
import { LONGEST_WALK_MS } from '../../measuring/measure-track.ts'

/** One message purges so many walks. Each of their folders costs a call to R2, and the rows cost two trips to Postgres. */
const PURGED_AT_ONCE = 10
/** A cell in which no walk has started or ended for a year is no home any more. */
const AREA_KEPT_MS = 366 * DAY_MS
/** One message forgets so many cells. */
const FORGOTTEN_AT_ONCE = 1_000
/** One message stores so many tracks. Each costs a call to R2, and the rows cost two trips to Postgres. */
const STORED_AT_ONCE = TRIPS_MAX - 2

export const findCompany = defineJob({ type: JOB.findCompany, payload: findCompanySchema, run: findCompanyForWalks })

/** Ends walks that have been active for twelve hours. A track that comes later still completes them. */
export const endForgottenWalks: DueTask = {
  name: 'walks.end_forgotten',
  async run(deps, scheduledAt) {
    const { ended, told } = await endWalksActiveSince(deps.db, new Date(scheduledAt.getTime() - LONGEST_WALK_MS), scheduledAt)
    await announcePushes(deps, told)
    return done({ ended })
  },
  // Starting a walk sets no alarm, because the hourly cron sets it well within twelve hours.
  nextDue: () => nextForgottenWalk(LONGEST_WALK_MS),
}

const spoolCursor = z.object({ spooled_at: z.string(), walk_id: uuidSchema }).nullish()

/** Moves raw tracks to R2 that it did not take when they came. A track that R2 refuses again waits for the next hour and holds up no other. */
export const storeSpooledTracks: Task = {
  name: 'walks.store_spooled_tracks',
  async run({ db, bucket }, _scheduledAt, cursor) {
    const tracks = await listSpooledTracks(db, spoolCursor.parse(cursor) ?? null, STORED_AT_ONCE)
    const put = async ({ track_key, content }: (typeof tracks)[number]) => bucket.put(track_key, fromBase64(content))
    const results = await Promise.allSettled(tracks.map(put))
    const stored = tracks.filter((_, k) => results[k]?.status === 'fulfilled')
    if (stored.length > 0) await deleteSpooledTracks(db, stored)
    const last = tracks.at(-1)
    // When R2 takes none of a message's tracks, it is still down, and the rest waits for the next hour.
    const goesOn = last && tracks.length === STORED_AT_ONCE && stored.length > 0
    return {
      counts: { stored: stored.length, failed: tracks.length - stored.length },
      next: goesOn ? { spooled_at: last.spooled_at, walk_id: last.walk_id } : null,
    }
  },
}

/** One message draws so many sketches, which takes about ten milliseconds. */
const DRAWN_AT_ONCE = 100

/** Draws the sketches of walks that have none: those from before there were sketches, and refused ones that got a route when they were measured again. */
export const drawMissingSketches: Task = {
  name: 'walks.draw_sketches',
  async run(deps) {
    const walks = await listUndrawn(deps.db, DRAWN_AT_ONCE)
    if (walks.length === 0) return done({ drawn: 0 })
    const draw = async ({ id, route_polyline }: (typeof walks)[number]) => ({
      id,
      sketch: (await drawSketch(deps.keyedSeeds, id, decodeRoute(route_polyline))) ?? [],
    })
    await insertSketches(deps.db, await Promise.all(walks.map(draw)))
    return { counts: { drawn: walks.length }, next: walks.length === DRAWN_AT_ONCE ? 'more' : null }
  },
}

/** Requests are over by then, with their statements. */
const ARRIVED_MS = 60_000
const walkCursor = z.object({ after: uuidSchema }).nullish()
const afterOf = (cursor: unknown) => walkCursor.parse(cursor)?.after ?? null
const goOn = (after: string | null) => (after === null ? null : { after })

/** Compares walks with those like them once more, because a request may have died, and two that came at the same instant did not see each other. */
export const compareArrivedWalks: Task = {
  name: 'walks.compare',
  async run(deps, scheduledAt, cursor) {
    const before = new Date(scheduledAt.getTime() - ARRIVED_MS)
    const { next, ...counts } = await compareWalks(deps, { before, after: afterOf(cursor), trips: TRIPS_MAX, now: scheduledAt })
    return { counts, next: goOn(next) }
  },
}

/** Measures walks again that were measured by earlier rules. Each walk remembers its rules, so that every night goes on where the last one ended. */
export const measureAgain: Task = {
  name: 'walks.measure_again',
  async run(deps, scheduledAt, cursor) {
    const { next, ...counts } = await measureWalksAgain(deps, { after: afterOf(cursor), trips: TRIPS_MAX, now: scheduledAt })
    return { counts, next: goOn(next) }
  },
}

/**
 * Destroys deleted walks, refused ones (kept until then for an appeal) and those whose track never came, after thirty days. Recordings and pictures go
 * first, because only the rows name them. Then it forgets the cells that nobody has used for a year.
 */
export const purgeWalks: Task = {
  name: 'walks.purge',
  async run(deps, scheduledAt) {
    const before = new Date(scheduledAt.getTime() - LATE_MAX_MS)
    const walks = await listPurgeableWalks(deps.db, before, PURGED_AT_ONCE)
    if (walks.length === 0) {
      const forgotten = await deleteHiddenAreasBefore(deps.db, new Date(scheduledAt.getTime() - AREA_KEPT_MS), FORGOTTEN_AT_ONCE)
      return { counts: { purged: 0, forgotten }, next: forgotten === FORGOTTEN_AT_ONCE ? 'more' : null }
    }
    const folders = walks.flatMap(({ id, user_id }) => walkFolders.map((folder) => `${pathIn(folder, user_id, id)}/`))
    const { left } = await deleteFolders(deps, folders, TRIPS_MAX - 2)
    const emptied = walks.filter(({ id }) => !left.some((folder) => folder.endsWith(`/${id}/`)))
    const purged = await deleteWalkRows(
      deps.db,
      before,
      emptied.map(({ id }) => id),
    )
    // The last message finds no walks.
    return { counts: { purged }, next: 'more' }
  },
}
