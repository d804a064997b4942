import type { Deps } from '../../src/deps.ts'
import { createMeetupSchema } from '../../src/modules/meetups/schema.ts'
import { changeParticipant, getParticipants, joinMeetup, leaveMeetup } from '../../src/modules/meetups/seats/service.ts'
import { callOffMeetup, createMeetup, getMeetup, goOnWithMeetup } from '../../src/modules/meetups/service.ts'
import { saveRecord } from '../../src/modules/rooms/service.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/time.ts'
import { runDue } from '../../src/schedule.ts'
import { makeWay } from '../motion.ts'
import { makeWalk } from '../tracks.ts'
import { type Gathering, gatheringsAbout, guestsOf } from './gatherings.ts'
import type { Owner } from './owners.ts'
import { type Act, type Day, type Domain, Refused, type Town } from './town.ts'
import { walkAct } from './walks.ts'

const MINUTE_MS = 60_000
const LENGTH_M = 1_000
/** Everybody is home by then. */
const OVER_MS = 0.8 * HOUR_MS
const COMES = 0.8
const LEAVES = 0.5

/** Neighbours meet to walk: every week, every other week, and once. */
export const meetups: Domain = (town, day) =>
  gatheringsAbout(town, day).flatMap((gathering) => actsOf(town, gathering).filter(({ at }) => isOn(day, at)))

const isOn = (day: Day, at: Date) => at >= day.at(0) && at < day.at(24)

function actsOf(town: Town, gathering: Gathering): Act[] {
  const { made_at, at, is_cancelled, about, owner } = gathering
  if (!town.residents.has(owner.number)) return []
  const guests = guestsOf(town, gathering).filter(({ number }) => town.residents.has(number))
  const hoursBefore = (days: number, hour: number) => new Date(gathering.day.at(hour).getTime() - days * DAY_MS)
  const acts: Act[] = guests.map((guest, k) => ({
    at: hoursBefore(gathering.asked_days_ahead, 20 + k / 20),
    run: (deps) => join(town, deps, gathering, guest),
  }))
  if (made_at) acts.push({ at: made_at, run: (deps) => make(town, deps, gathering) })
  const [first] = guests
  if (first && town.random('leaves', gathering.name, gathering.day.date).chance(LEAVES))
    acts.push({ at: hoursBefore(1, 12), run: (deps) => leave(town, deps, gathering, first) })
  if (about.approval === 'manual') acts.push({ at: hoursBefore(1, 20.6), run: (deps) => answer(town, deps, gathering) })
  if (is_cancelled) return [...acts, { at: hoursBefore(1, 21), run: (deps) => cancel(town, deps, gathering) }]
  // The alarm rings for the reminder.
  acts.push({ at: new Date(at.getTime() - 1.9 * HOUR_MS), run: runDue })
  const there = [owner, ...guests.filter(({ number }) => town.random('comes', gathering.name, gathering.day.date, number).chance(COMES))]
  acts.push(...there.map((one) => ({ at: new Date(at.getTime() + OVER_MS), run: (deps: Deps) => walk(town, deps, gathering, one) })))
  acts.push({ at: new Date(at.getTime() + OVER_MS + MINUTE_MS), run: (deps) => record(town, deps, gathering, there) })
  acts.push({ at: hoursBefore(-1, 9), run: (deps) => sayWhoCame(town, deps, gathering) })
  return acts
}

const actorOf = (town: Town, owner: Owner) => town.resident(owner).actor

function make(town: Town, deps: Deps, { id, owner, about, place, capacity, rule, at }: Gathering) {
  const { name: location_name, lat, lng } = place
  const body = { id, ...about, location_name, lat, lng, scheduled_at: at.toISOString(), max_participants: capacity, recurrence_rule: rule }
  return createMeetup(deps, actorOf(town, owner), createMeetupSchema.parse(body))
}

/** The date as somebody sees it. */
async function dateOf(town: Town, deps: Deps, { id, at }: Gathering, owner: Owner) {
  const { dates, past_dates } = await getMeetup(deps, actorOf(town, owner), id)
  const date = [...dates, ...past_dates].find(({ starts_at }) => Date.parse(starts_at) === at.getTime())
  if (!date) throw new Refused('meetup_not_found')
  return date
}

async function join(town: Town, deps: Deps, gathering: Gathering, guest: Owner): Promise<void> {
  const { occurrence_id, my_status } = await dateOf(town, deps, gathering, guest)
  if (my_status === null) await joinMeetup(deps, actorOf(town, guest), { id: gathering.id, occurrence_id }, true)
}

async function leave(town: Town, deps: Deps, gathering: Gathering, guest: Owner): Promise<void> {
  const { occurrence_id } = await dateOf(town, deps, gathering, guest)
  await leaveMeetup(deps, actorOf(town, guest), { id: gathering.id, occurrence_id })
}

/** The host takes those who asked first, refuses one of four, and leaves the last one waiting for an answer. */
async function answer(town: Town, deps: Deps, gathering: Gathering): Promise<void> {
  const { id, owner } = gathering
  const { occurrence_id } = await dateOf(town, deps, gathering, owner)
  const { items } = await getParticipants(deps, actorOf(town, owner), id, { occurrence_id, limit: 50 })
  const asked = items.filter(({ status }) => status === 'requested').slice(0, -1)
  for (const [k, { user }] of asked.entries())
    await changeParticipant(deps, actorOf(town, owner), { id, user_id: user.id }, { occurrence_id, status: k === 2 ? 'declined' : 'going' })
}

async function cancel(town: Town, deps: Deps, gathering: Gathering): Promise<void> {
  const { id, owner, rule } = gathering
  const { occurrence_id } = await dateOf(town, deps, gathering, owner)
  await callOffMeetup(deps, actorOf(town, owner), id, rule === null ? null : occurrence_id)
}

/** Whoever has a seat walks the same way, each at their own pace. That proves that they have come. */
async function walk(town: Town, deps: Deps, gathering: Gathering, owner: Owner): Promise<void> {
  const { name, day, place, at } = gathering
  if ((await dateOf(town, deps, gathering, owner)).my_status !== 'going') return
  const random = town.random('walks to', name, day.date, owner.number)
  const { track } = makeWalk(Math.floor(random.next() * 2 ** 31), {
    way: makeWay(town.random('way', name, day.date), LENGTH_M, [35, 160], 2),
    origin: place,
    start_ms: at.getTime() + random.between(0, 2) * MINUTE_MS,
    pace_mps: random.between(1, 1.2),
    phone: { sampling: owner.habit.sampling, spike: 0, dropouts: 0 },
  })
  await walkAct(town, owner, { id: town.id('walk to', name, day.date, owner.number), track, is_shared: false }).run(deps)
}

/** What the live room has seen of those who came. */
async function record(town: Town, deps: Deps, gathering: Gathering, there: readonly Owner[]): Promise<void> {
  const { id, owner, at } = gathering
  const { occurrence_id } = await dateOf(town, deps, gathering, owner)
  const { items } = await getParticipants(deps, actorOf(town, owner), id, { occurrence_id, limit: 50 })
  const going = new Set(items.filter(({ status }) => status === 'going').map(({ user }) => user.id))
  const ids = there.map((one) => actorOf(town, one).user_id).filter((one) => going.has(one))
  const [first_at, last_at] = [3, 15].map((minutes) => new Date(at.getTime() + minutes * MINUTE_MS).toISOString()) as [string, string]
  const pairs = ids.flatMap((one) => ids.filter((other) => one !== other).map((other) => [one, other] as const))
  await saveRecord(
    deps,
    { kind: 'meetup', id: occurrence_id },
    {
      encounters: pairs.flatMap(([one_id, other_id]) =>
        one_id < other_id ? [{ one_id, other_id, spans: [[first_at, last_at] as const] }] : [],
      ),
      provisions: pairs.map(([subject_id, viewer_id]) => ({ subject_id, viewer_id, first_at, last_at })),
    },
  )
}

/** The morning after, the host says of some whose phone was at home whether they came, and lets a series go on that was asked about. */
async function sayWhoCame(town: Town, deps: Deps, gathering: Gathering): Promise<void> {
  const { id, owner, name, day } = gathering
  const random = town.random('who came', name, day.date)
  const actor = actorOf(town, owner)
  const { occurrence_id } = await dateOf(town, deps, gathering, owner)
  const { items } = await getParticipants(deps, actor, id, { occurrence_id, limit: 50 })
  const open = items.filter(({ user, status, attended }) => status === 'going' && attended === null && user.id !== actor.user_id)
  for (const { user } of open.filter(() => random.chance(0.6)))
    await changeParticipant(deps, actor, { id, user_id: user.id }, { occurrence_id, attended: random.chance(0.7) })
  if ((await getMeetup(deps, actor, id)).is_renewal_asked) await goOnWithMeetup(deps, actor, id)
}
