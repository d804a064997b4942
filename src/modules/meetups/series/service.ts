import { signedIn, type Actor } from '../../../core/actor.ts'
import { found, temporarilyUnavailable } from '../../../core/errors.ts'
import { assertDecent } from '../../../core/words/decent.ts'
import { refuseSuspended } from '../../social/suspensions/service.ts'
import { capacityBelowGoing, meetupNotFound, meetupTimeInvalid, notOfOneDate, unknownBreed, unsupportedRecurrence } from '../errors.ts'
import { isTimeValid, sizeOf } from '../rules.ts'
import type { Meetup } from '../schema.ts'
import { conclude, type SeatDeps } from '../seats/service.ts'
import { type Change, type EditAnswer, findSeries, updateDate, updateSeries } from './edit.queries.ts'
import { type Plan, planChange } from './plan.ts'
import { DATE_FIELDS, type EditMeetup, type EditMeetupQuery } from './schema.ts'

/** How often a plan is made again that something else has overtaken: the night's task, or a moderator. */
const ATTEMPTS = 3

/** Changes one date, or a meetup and all its dates from one on. What is over stays as it is. */
export async function editMeetup(deps: SeatDeps, actor: Actor, id: string, at: EditMeetupQuery, input: EditMeetup): Promise<Meetup> {
  assertDecent({ title: input.title, description: input.description, location_name: input.location_name })
  if (at.scope === 'one' && at.occurrence_id !== undefined) return editDate(deps, actor, id, at.occurrence_id, input)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const now = deps.now()
    const plan = await planOf(deps, actor, id, at.occurrence_id ?? null, input, now)
    const edit = { id, occurrence_id: at.occurrence_id ?? null, change: columnsOf(input), breed: breedOf(input), plan }
    const answer = signedIn(await updateSeries(deps.db, actor, edit, now))
    if (answer.outcome !== 'stale') return concludeEdit(deps, answer)
  }
  throw temporarilyUnavailable({ cause: new Error('a meetup changed again and again while it was edited') })
}

async function editDate(deps: SeatDeps, actor: Actor, id: string, occurrence_id: string, input: EditMeetup): Promise<Meetup> {
  const others = Object.keys(input).filter((name) => !DATE_FIELDS.some((one) => one === name))
  if (others.length > 0) throw notOfOneDate()
  const now = deps.now()
  const { scheduled_at } = input
  const may_move = scheduled_at === undefined || isTimeValid(new Date(scheduled_at), now)
  const change = { ...columnsOf(input), ...(scheduled_at !== undefined && { starts_at: wholeMinute(scheduled_at) }) }
  return concludeEdit(deps, signedIn(await updateDate(deps.db, actor, { id, occurrence_id, change, may_move }, now)))
}

/** Asks what there is only where dates may move, because the rule of a series says where to. */
async function planOf(
  deps: SeatDeps,
  actor: Actor,
  id: string,
  occurrenceId: string | null,
  { scheduled_at, recurrence_rule }: EditMeetup,
  now: Date,
): Promise<Plan | null> {
  if (scheduled_at === undefined && recurrence_rule === undefined) return null
  const { outcome, series, first, suspended_until } = signedIn(await findSeries(deps.db, actor, id, occurrenceId, now))
  refuseSuspended({ suspended_until })
  await conclude(deps, { outcome, told: [], rooms: [] })
  const plan = planChange(found(series, meetupNotFound), found(first, meetupNotFound), { scheduled_at, recurrence_rule }, now)
  if (plan === 'rule') throw unsupportedRecurrence()
  const isMoved = plan !== null && plan !== 'time' && Date.parse(plan.slots[0]!) !== Date.parse(first!.slot_at)
  if (plan === 'time' || (isMoved && !isTimeValid(new Date(plan.slots[0]!), now))) throw meetupTimeInvalid()
  return plan
}

async function concludeEdit(deps: SeatDeps, answer: EditAnswer): Promise<Meetup> {
  refuseSuspended(answer)
  if (answer.outcome === 'unknown_breed') throw unknownBreed()
  if (answer.outcome === 'time') throw meetupTimeInvalid()
  if (answer.outcome === 'below_going') throw capacityBelowGoing({ extensions: { occurrence_ids: answer.occurrence_ids } })
  if (answer.remind_at !== null) deps.waitUntil(deps.wakeAt(new Date(answer.remind_at)))
  await conclude(deps, answer)
  return found(answer.meetup, meetupNotFound)
}

/** What changes, by column. A category brings its own size and breed, unless they are named as well. */
function columnsOf({ title, description, category, size_filter, location_name, lat, lng, max_participants, approval }: EditMeetup): Change {
  const size = size_filter === undefined && category !== undefined ? sizeOf(category, undefined) : size_filter
  return Object.fromEntries(
    Object.entries({
      title,
      description: description === '' ? null : description,
      category,
      size_filter: size,
      location_name,
      lat,
      lng,
      capacity: max_participants,
      approval,
    }).filter((entry): entry is [string, string | number | null] => entry[1] !== undefined),
  )
}

const breedOf = ({ category, breed }: EditMeetup) => (breed === undefined && category !== undefined ? null : breed)

const wholeMinute = (instant: string) => new Date(Math.floor(Date.parse(instant) / 60_000) * 60_000).toISOString()
