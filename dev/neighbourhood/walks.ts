import type { LatLng } from '../../src/core/geo.ts'
import { DAY_MS, seoulDate } from '../../src/core/time.ts'
import type { Deps } from '../../src/deps.ts'
import { syncWalks } from '../../src/modules/walks/completion/service.ts'
import { editWalk } from '../../src/modules/walks/service.ts'
import { uploadWalkPhoto } from '../../src/modules/photos/service.ts'
import { completionBody } from '../completion-body.ts'
import type { Random } from '../random.ts'
import { mockTrack } from '../track-changes.ts'
import { makeRide, makeWalk, type Track } from '../tracks.ts'
import type { Owner } from './owners.ts'
import { petIdOf } from './pets.ts'
import { isWet } from './sky.ts'
import { roundFrom } from './streets.ts'
import { type Act, type Day, dayOf, type Domain, Refused, type Town } from './town.ts'

const MINUTE_MS = 60_000
const MEMOS = [
  '오늘은 신나게 뛰었어요',
  '강아지 친구를 만났어요',
  '낙엽 밟는 소리가 좋아요',
  '비가 와서 짧게 다녀왔어요',
  '꼬리가 멈추지 않아요',
]
/** Far from every home. The map of a walk there may be opened after a fortnight. */
export const OUTINGS: readonly LatLng[] = [
  { lat: 37.5219, lng: 126.9245 },
  { lat: 37.5207, lng: 127.1215 },
  { lat: 37.4301, lng: 127.0165 },
  { lat: 37.6207, lng: 127.0402 },
  { lat: 37.3752, lng: 127.1209 },
]
/** Longer than a map must stay closed. */
const OPENED_AFTER_DAYS = 15

interface Plan {
  readonly slot: 'morning' | 'evening' | 'outing' | 'ride'
  readonly hour: number
}

export const walks: Domain = (town, day) =>
  town.settled(day).flatMap((owner) => plansOf(town, owner, day).flatMap((plan) => actsOfPlan(town, owner, day, plan)))

/** What somebody means to walk on a day. Few go where it is wet. */
function plansOf(town: Town, owner: Owner, day: Day): Plan[] {
  const { habit, number } = owner
  const random = town.random('plans', number, day.date)
  const mood = isWet(town, day) ? 0.35 : 1
  const plans: Plan[] = []
  if (random.chance(habit.morning * mood)) plans.push({ slot: 'morning', hour: habit.morning_hour + random.between(-0.4, 0.4) })
  if (isOuting(town, owner, day)) plans.push({ slot: 'outing', hour: 10.5 + random.next() })
  if (random.chance(habit.evening * mood)) plans.push({ slot: 'evening', hour: habit.evening_hour + random.between(-0.5, 0.5) })
  if (number % 8 === 5 && random.chance(0.04)) plans.push({ slot: 'ride', hour: 22 })
  return plans
}

const isOuting = (town: Town, { number }: Owner, { index, date }: Day) =>
  number % 3 === 0 && index > 12 && town.random('outing', number, date).chance(0.05)

function actsOfPlan(town: Town, owner: Owner, day: Day, plan: Plan): Act[] {
  const random = town.random('walk', owner.number, day.date, plan.slot)
  const id = walkIdOf(town, owner, day, plan.slot)
  const track = trackOf(town, owner, plan, random, day.at(plan.hour))
  const end = Math.max(...track.time_ms)
  const acts: Act[] = [
    walkAct(town, owner, {
      id,
      track,
      is_shared: plan.slot === 'outing' || random.chance(0.25),
      memo: random.chance(0.3) ? random.pick(MEMOS) : undefined,
    }),
  ]
  if (random.chance(plan.slot === 'outing' ? 0.8 : 0.08))
    acts.push({
      at: new Date(end + 5 * MINUTE_MS),
      run: (deps) => photograph(town, deps, owner, { id, track, number: Math.floor(random.between(10, 40)) }),
    })
  return acts
}

/** Outings whose map is opened today were walked a fortnight ago. */
export const openedMaps: Domain = (town, day) => {
  const before = dayOf(town, seoulDate(new Date(day.at(12).getTime() - OPENED_AFTER_DAYS * DAY_MS)))
  return town
    .settled(before)
    .filter((owner) => isOuting(town, owner, before))
    .map((owner) => ({
      at: day.at(12),
      run: (deps) => editWalk(deps, town.resident(owner).actor, walkIdOf(town, owner, before, 'outing'), { is_map_open: true }),
    }))
}

const walkIdOf = (town: Town, owner: Owner, day: Day, slot: Plan['slot']) => town.id('walk', owner.number, day.date, slot)

function trackOf(town: Town, owner: Owner, { slot }: Plan, random: Random, startsAt: Date): Track {
  const { habit, home } = owner
  const seed = Math.floor(random.next() * 2 ** 31)
  const phone = { sampling: habit.sampling, spike: 0.001, dropouts: 0.5 } as const
  const more = { phone, is_hard: false, start_ms: startsAt.getTime() }
  if (slot === 'ride')
    return makeRide(seed, random.pick(['car', 'bus', 'e_scooter'] as const), { ...more, origin: home, length_m: 4_000 }).track
  if (slot === 'outing') return makeWalk(seed, { ...more, origin: random.pick(OUTINGS), length_m: random.between(1_500, 3_500) }).track
  const length = habit.length_m * random.between(0.7, 1.25)
  const way = roundFrom(town, owner, Math.floor(random.next() * 10), length)
  const { track } = makeWalk(seed, { ...more, way, origin: home, pace_mps: habit.pace_mps * random.between(0.9, 1.1) })
  // Somebody tries an app that moves the phone's position. A little of it makes a walk doubtful.
  return owner.number % 12 === 8 && random.chance(0.08) ? mockTrack(track, 0.05) : track
}

export interface PlannedWalk {
  readonly id: string
  readonly track: Track
  readonly is_shared: boolean
  readonly memo?: string | undefined
}

/** A walk that the phone sends whole, a minute after its end. */
export function walkAct(town: Town, owner: Owner, { id, track, is_shared, memo }: PlannedWalk): Act {
  const started_at = new Date(Math.min(...track.time_ms)).toISOString()
  return {
    at: new Date(Math.max(...track.time_ms) + MINUTE_MS),
    async run(deps) {
      const pet_ids = owner.pets.flatMap(({ species }, position) => (species === 'dog' ? [petIdOf(town, owner, position)] : []))
      const walk = { id, pet_ids, started_at, ...completionBody(track, { shared_to_feed: is_shared, ...(memo && { memo }) }) }
      const [result] = await syncWalks(deps, town.resident(owner).actor, [walk])
      if (result?.problem) throw new Refused(result.problem.code)
    },
  }
}

async function photograph(
  town: Town,
  deps: Deps,
  owner: Owner,
  { id, track, number }: { id: string; track: Track; number: number },
): Promise<void> {
  const middle = track.time_ms.length >> 1
  const fields = { lat: track.lat[middle]!, lng: track.lng[middle]!, taken_at: new Date(track.time_ms[middle]!).toISOString() }
  await uploadWalkPhoto(deps, town.resident(owner).actor, id, await town.camera(owner, number), fields)
}
