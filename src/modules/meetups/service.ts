import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../core/idempotency.ts'
import { HOUR_MS } from '../../core/time.ts'
import { assertDecent } from '../../core/words/decent.ts'
import type { Deps } from '../../deps.ts'
import { regionNotSet } from '../rankings/errors.ts'
import { refuseSuspended } from '../social/suspensions/service.ts'
import { meetupDoesNotRepeat, meetupNotFound, meetupTimeInvalid, tooManyMeetups, unknownBreed, unsupportedRecurrence } from './errors.ts'
import { cancelMeetup, findMeetup, insertMeetup, listMeetups, renewMeetup } from './queries.ts'
import { isTimeValid, planDates, sizeOf } from './rules.ts'
import { type CreateMeetup, type ListMeetupsQuery, type Meetup, meetupPages } from './schema.ts'
import { conclude, type SeatDeps } from './seats/service.ts'

const LIMITS = { daily: 5, open: 10 }
/** The day is the last 24 hours, so places become free one by one. */
const RETRY_AFTER_SEC = 3_600
/** A date is shown among one's own until its live room ends. */
const RUNNING_MS = 6 * HOUR_MS
/** Everybody who goes is reminded so long before a date. */
const REMINDED_BEFORE_MS = 2 * HOUR_MS

export async function createMeetup(
  deps: Pick<Deps, 'db' | 'keyedIds' | 'now' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  input: CreateMeetup,
  idempotency_key?: string,
): Promise<Meetup> {
  assertDecent({ title: input.title, description: input.description, location_name: input.location_name })
  const at = deps.now()
  const creation = await identifyCreation(deps, { user_id: actor.user_id, route: 'POST /meetups', body: input, idempotency_key })
  const scheduledAt = new Date(input.scheduled_at)
  const recurrence_rule = input.recurrence_rule ?? null
  const isInTime = isTimeValid(scheduledAt, at)
  const plan = isInTime ? planDates(scheduledAt, recurrence_rule, at) : null
  const size = sizeOf(input.category, input.size_filter)
  const made = { ...input, ...creation, recurrence_rule, size, plan }
  const answer = signedIn(await insertMeetup(deps.db, actor, made, LIMITS, at))
  if (answer.meetup && answer.request_hash === creation.request_hash) {
    deps.waitUntil(deps.wakeAt(new Date(scheduledAt.getTime() - REMINDED_BEFORE_MS)))
    return answer.meetup
  }
  if (answer.is_id_taken) throw idempotencyConflict()
  refuseSuspended(answer)
  if (!isInTime) throw meetupTimeInvalid()
  if (!plan) throw unsupportedRecurrence()
  if (!answer.is_breed_known) throw unknownBreed()
  throw tooManyMeetups({ headers: { 'Retry-After': String(RETRY_AFTER_SEC) } })
}

export async function getMeetups(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  { cursor, limit, lat, lng, ...asked }: ListMeetupsQuery,
) {
  const at = now()
  const near = lat === undefined || lng === undefined ? null : { lat, lng }
  const list = meetupPages(cursors, actor.user_id, JSON.stringify([asked, near]))
  const key = await list.after(cursor)
  const { items, has_place } = signedIn(
    await listMeetups(
      db,
      actor,
      {
        category: asked.category ?? null,
        size: asked.size ?? null,
        near,
        radius_m: asked.radius_m,
        from: asked.from ?? new Date(at.getTime() - (asked.mine ? RUNNING_MS : 0)).toISOString(),
        to: asked.to ?? null,
        mine: asked.mine ?? null,
        after: key && { starts_at: key[0], id: key[1] },
        limit,
      },
      at,
    ),
  )
  if (!asked.mine && !has_place) throw regionNotSet()
  return list.page(items, limit, ({ starts_at, occurrence_id }) => [starts_at, occurrence_id])
}

export async function getMeetup({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string): Promise<Meetup> {
  return found(signedIn(await findMeetup(db, actor, id, now())).meetup, meetupNotFound)
}

/** All that is ahead, or one date. */
export async function callOffMeetup(deps: SeatDeps, actor: Actor, id: string, occurrenceId: string | null): Promise<void> {
  await conclude(deps, signedIn(await cancelMeetup(deps.db, actor, id, occurrenceId, deps.now())))
}

/** Lets a series go on. */
export async function goOnWithMeetup(deps: SeatDeps, actor: Actor, id: string): Promise<Meetup> {
  const answer = signedIn(await renewMeetup(deps.db, actor, id, deps.now()))
  if (answer.outcome === 'single') throw meetupDoesNotRepeat()
  await conclude(deps, { ...answer, rooms: [] })
  return found(answer.meetup, meetupNotFound)
}
