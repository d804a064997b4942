import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Actor } from '../../../src/core/actor.ts'
import { giveBadges, settleWalk } from '../../../src/modules/facts/sql.ts'
import { type Db, runBatch } from '../../../src/db/client.ts'
import { lockViewer } from '../../../src/db/viewer.ts'
import { LONGEST_WALK_MS } from '../../../src/measuring/measure-track.ts'
import { updatePet } from '../../../src/modules/pets/queries.ts'
import { completeWalks, type CompletionRow, type MeasuredWalk } from '../../../src/modules/walks/completion/queries.ts'
import { deleteWalk, restoreWalk, updateWalk } from '../../../src/modules/walks/changes.queries.ts'
import { judgeWalk } from '../../../src/modules/walks/review/queries.ts'
import { startWalk } from '../../../src/modules/walks/start/queries.ts'
import * as oracle from './oracle.ts'

/** A walk as a history tells it: what there is to choose, without ids. */
export interface WalkPlan {
  /** Of the clock as it then stands. */
  readonly daysAgo: number
  readonly time: string
  readonly way: readonly oracle.Place[]
  readonly distance_m: number
  readonly duration_sec: number
  readonly is_valid: boolean
  readonly pets: readonly number[]
}

/** Walks and pets are told by their number; too high a one starts again at the first. */
export type Act =
  | { act: 'sync'; walks: readonly WalkPlan[] }
  | { act: 'complete'; walk: WalkPlan }
  | { act: 'delete' | 'restore'; walk: number }
  | { act: 'judge'; walk: number; is_valid: boolean }
  | { act: 'pets'; walk: number; pets: readonly number[] }
  | { act: 'facts'; walk: number; pty: string | null; photo_count: number; company: number }
  | { act: 'birth'; pet: number; birth_date: string | null }
  | { act: 'premium'; fromHours: number; hours: number }
  | { act: 'revoke' }
  | { act: 'win' }
  | { act: 'wait'; hours: number }

/** One person as the database has them, and as the oracle does. */
export interface History {
  readonly db: Db
  readonly actor: Actor
  readonly person: oracle.Person
  readonly catalogue: readonly (oracle.OracleBadge & { readonly is_secret: boolean })[]
  readonly held: oracle.Held[]
  readonly pets: { readonly id: string; birth_date: string | null }[]
  readonly petsOf: Map<oracle.OracleWalk, readonly number[]>
  now: number
}

const HOUR = 3_600_000
/** How long a walk lies on the clock, so that 03:59:59 and 04:00:00 can be two walks; what it counts is told apart from it. */
const SPAN_MS = 400
const NO_DATE = '1970-01-01'

export async function beginHistory(
  db: Db,
  of: { at: number; birth_dates: readonly (string | null)[]; places: readonly oracle.KnownPlace[]; catalogue: History['catalogue'] },
): Promise<History> {
  const actor = { user_id: crypto.randomUUID(), session_id: crypto.randomUUID() }
  const pets = of.birth_dates.map((birth_date) => ({ id: crypto.randomUUID(), birth_date }))
  const at = new Date(of.at).toISOString()
  await db.execute(sql`
    WITH person AS (
      INSERT INTO users (id, nickname, created_at) VALUES (${actor.user_id}, ${actor.user_id.slice(0, 12)}, ${at}) RETURNING id
    ), session AS (
      INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
      SELECT ${actor.session_id}, id, 0, '', ${at}, ${at}, ${at} FROM person
    )
    INSERT INTO pets (id, user_id, name, species, birth_date, request_hash, created_at)
    SELECT pet.id, person.id, '초코', 'dog', pet.birth_date, '', ${at}
    FROM person, json_to_recordset(${JSON.stringify(pets)}) AS pet (id uuid, birth_date date)`)
  const person: oracle.Person = { walks: [], premium: [], places: of.places, dong_wins: 0 }
  return { db, actor, person, catalogue: of.catalogue, held: [], pets, petsOf: new Map(), now: of.at }
}

export async function play(history: History, act: Act): Promise<void> {
  const { db, actor, person } = history
  const at = new Date(history.now)
  const walk = 'walk' in act && typeof act.walk === 'number' ? person.walks[act.walk % Math.max(1, person.walks.length)] : undefined
  switch (act.act) {
    case 'sync':
      return syncWalks(history, act.walks)
    case 'complete':
      return completeWalk(history, act.walk)
    case 'wait':
      history.now += act.hours * HOUR
      return
    case 'delete':
      if (!walk) return
      await deleteWalk(db, actor, walk.id, at)
      walk.is_deleted = true
      return
    case 'restore': {
      if (!walk) return
      const isFree = !walk.is_deleted || !walk.is_valid || !overlaps(person, walk)
      const answer = await restoreWalk(db, actor, walk.id, new Date(history.now - 30 * 24 * HOUR), at)
      expect(answer?.walk !== null).toBe(isFree)
      if (isFree) walk.is_deleted = false
      return awardFor(history, walk)
    }
    case 'judge': {
      if (!walk) return
      const verdict = judgeWalk(db, walk.id, { is_valid: act.is_valid, reasons: [] }, at)
      if (!walk.is_deleted && act.is_valid && overlaps(person, walk)) return expect(verdict).rejects.toThrow('walks_no_overlap')
      expect(await verdict).toBe(!walk.is_deleted)
      if (!walk.is_deleted) walk.is_valid = act.is_valid
      return awardFor(history, walk)
    }
    case 'pets':
      if (!walk) return
      await updateWalk(db, actor, walk.id, { pet_ids: idsOf(history, act.pets) }, at)
      if (!walk.is_deleted) history.petsOf.set(walk, act.pets)
      readBirthDates(history)
      return awardFor(history, walk)
    case 'facts': {
      if (!walk) return
      const weather = act.pty === null ? null : JSON.stringify({ pty: act.pty })
      const company = `{${Array.from({ length: act.company }, () => crypto.randomUUID()).join(',')}}`
      const change = sql`UPDATE walks SET weather = ${weather}::jsonb, photo_count = ${act.photo_count}, together_with = ${company}::uuid[] WHERE id = ${walk.id}`
      await runBatch(db, settleWalk(actor.user_id, walk.id, at, change))
      Object.assign(walk, { pty: act.pty, photo_count: act.photo_count, company: act.company })
      return awardFor(history, walk)
    }
    case 'birth': {
      const pet = history.pets[act.pet % history.pets.length]!
      await updatePet(db, actor, pet.id, { birth_date: act.birth_date, is_birth_date_approximate: false }, at)
      pet.birth_date = act.birth_date
      readBirthDates(history)
      return awardFor(history, null)
    }
    case 'premium':
      return grantPremium(history, act)
    case 'revoke':
      await db.execute(
        sql`UPDATE premium_periods SET revoked_at = ${at.toISOString()} WHERE user_id = ${actor.user_id} AND revoked_at IS NULL`,
      )
      for (const period of person.premium) period.revoked_at ??= history.now
      return
    case 'win':
      await runBatch(db, {
        lock: lockViewer(actor),
        win: sql`
        INSERT INTO weekly_dong_wins (user_id, monday, region_code)
        SELECT ${actor.user_id}, ${NO_DATE}::date + 7 * ${person.dong_wins}::int, code FROM regions LIMIT 1`,
        given: sql`SELECT ${giveBadges(actor.user_id, at)}`,
      })
      person.dong_wins++
      return awardFor(history, null)
  }
}

/** A period that reaches into days gone by changes what could rest then: its months are folded again. */
async function grantPremium({ db, actor, person, now, ...history }: History, { fromHours, hours }: { fromHours: number; hours: number }) {
  const period = { starts_at: now + fromHours * HOUR, ends_at: now + (fromHours + hours) * HOUR, revoked_at: null }
  const [from, until] = [period.starts_at, period.ends_at].map((at) => new Date(at).toISOString())
  await runBatch(db, {
    lock: lockViewer(actor),
    period: sql`INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES (${actor.user_id}, 'toss', ${from}, ${until})`,
    streak: sql`
    SELECT fold_streak(${actor.user_id}, month::date)
    FROM generate_series(date_trunc('month', streak_day(${from})::timestamp), streak_day(${until})::timestamp, interval '1 month') AS month`,
    given: sql`SELECT ${giveBadges(actor.user_id, new Date(now))}`,
  })
  person.premium.push(period)
  awardFor({ db, actor, person, now, ...history }, null)
}

function plan(history: History, told: WalkPlan): { walk: oracle.OracleWalk; measured: MeasuredWalk } {
  const day = oracle.addDays(oracle.seoulDay(history.now), -told.daysAgo)
  const [then, dayBefore] = [oracle.inSeoul(day, told.time), oracle.inSeoul(oracle.addDays(day, -1), told.time)]
  const started_at = then + SPAN_MS <= history.now ? then : dayBefore
  const { way, distance_m, duration_sec, is_valid } = told
  const walk = { id: crypto.randomUUID(), started_at, distance_m, duration_sec, way, is_valid, is_deleted: false, ...NO_FACTS }
  history.petsOf.set(walk, told.pets)
  return { walk, measured: measuredOf(history, walk, told.pets) }
}

const NO_FACTS = { pty: null, photo_count: 0, company: 0, birth_dates: [] }

function measuredOf(history: History, { id, started_at, way, ...walk }: oracle.OracleWalk, pets: readonly number[]): MeasuredWalk {
  const { distance_m, duration_sec, is_valid } = walk
  return {
    id,
    start: {
      id,
      request_hash: id,
      started_at: new Date(started_at).toISOString(),
      pet_ids: idsOf(history, pets),
      goal: undefined,
      cell: null,
    },
    cell: null,
    measurement: {
      valid: is_valid,
      ranked: is_valid,
      reasons: [],
      started_at_ms: started_at,
      ended_at_ms: started_at + SPAN_MS,
      distance_m,
      duration_sec,
      moving_sec: duration_sec,
      stopped_sec: 0,
      avg_speed_kmh: 4,
      max_speed_kmh: 6,
      ascent_m: 0,
      descent_m: 0,
      auto_ended: false,
      segments: [],
      line: {
        lng: Float64Array.from(way, ([lng]) => lng),
        lat: Float64Array.from(way, ([, lat]) => lat),
        time_ms: Float64Array.from(way, (_, i) => started_at + 100 * i),
        piece_starts: [0],
        distance_m: Float64Array.from(way, (_, i) => i),
        fix: Int32Array.from(way, (_, i) => i),
      },
      route: [],
      residuals: { cells: [], trace: new Uint8Array(), richness: 0 },
      point_count: way.length,
      usable_point_count: way.length,
    },
    sketch: [],
    route_polyline: '',
    declared_ended_at: new Date(started_at + SPAN_MS).toISOString(),
    claimed: {},
    memo: null,
    shared_to_feed: false,
    audience: null,
    track_key: null,
    asks_start: false,
  }
}

const idsOf = ({ pets }: History, numbers: readonly number[]) => [...new Set(numbers.map((number) => pets[number % pets.length]!.id))]

const overlaps = (person: oracle.Person, { id, started_at }: oracle.OracleWalk) =>
  oracle.counted(person).some((other) => other.id !== id && Math.abs(other.started_at - started_at) < SPAN_MS)

async function syncWalks(history: History, told: readonly WalkPlan[]): Promise<void> {
  const planned = told.map((one) => plan(history, one))
  const measured = planned.map((one) => one.measured)
  const rows = (await completeWalks(history.db, history.actor, measured, new Date(history.now)))!
  for (const [i, { walk }] of planned.entries()) takeIn(history, walk, rows[i]!)
}

async function completeWalk(history: History, told: WalkPlan): Promise<void> {
  const { walk, measured } = plan(history, told)
  const { db, actor } = history
  const overSince = new Date(history.now - LONGEST_WALK_MS)
  await startWalk(db, actor, { ...measured.start!, status: 'active' }, new Date(history.now), overSince)
  const rows = (await completeWalks(db, actor, [{ ...measured, start: null }], new Date(history.now)))!
  takeIn(history, walk, rows[0]!)
  if (!history.person.walks.includes(walk)) await deleteWalk(db, actor, walk.id, new Date(history.now))
}

/** Adds a walk that came to what the oracle knows, and holds the completion's answer to it. */
function takeIn(history: History, walk: oracle.OracleWalk, { completion }: CompletionRow): void {
  const { person, now, held, catalogue } = history
  const isRefused = walk.is_valid && overlaps(person, walk)
  expect(completion?.walk.status === 'completed').toBe(!isRefused)
  if (isRefused || !completion) return
  const day = oracle.seoulDay(walk.started_at)
  const values = () => catalogue.map((badge) => oracle.valueOf(badge, person, day, now).value)
  const [before, heldBefore, restedBefore] = [values(), held.length, oracle.restDays(person)]
  person.walks.push(walk)
  readBirthDates(history)
  awardFor(history, walk)
  const after = values()
  expect(completion.badges_earned.map(({ code, season_year }) => `${code} ${season_year ?? 0}`).toSorted()).toEqual(
    held
      .slice(heldBefore)
      .map(({ code, season_year }) => `${code} ${season_year}`)
      .toSorted(),
  )
  expect(
    Object.fromEntries(
      completion.badges_moved.map((moved) => [moved.code, [moved.previous_value, moved.progress_value, moved.season_year]]),
    ),
  ).toEqual(
    Object.fromEntries(
      catalogue.flatMap((badge, i) => {
        const year = oracle.editionOf(badge, day)?.year ?? 0
        const isHeld = held.some(({ code, season_year }) => code === badge.code && season_year === year)
        const isLocked = badge.is_secret || (badge.tier === 'premium' && !oracle.isPremiumAt(person, now))
        return before[i] === after[i] || isHeld || isLocked ? [] : [[badge.code, [before[i], after[i], year || null]]]
      }),
    ),
  )
  const walked = oracle.streakDay(walk.started_at)
  const neighbours = [oracle.addDays(walked, -1), oracle.addDays(walked, 1)]
  expect(completion.streak).toEqual({
    current: oracle.currentRun(person, now)?.days ?? 0,
    best: oracle.longestRun(person),
    rest_day_used: oracle.restDays(person).some((rested) => neighbours.includes(rested) && !restedBefore.includes(rested)),
  })
}

/** What a walk that changed brings, or, without one, something else today. */
function awardFor({ catalogue, person, held, now }: History, walk: oracle.OracleWalk | null): void {
  if (walk && !oracle.counted(person).includes(walk)) return
  oracle.award(catalogue, person, held, { day: oracle.seoulDay(walk?.started_at ?? now), walk_id: walk?.id ?? null, at: now })
}

function readBirthDates({ person, pets, petsOf }: History): void {
  for (const walk of person.walks) {
    const dates = petsOf.get(walk)!.map((number) => pets[number % pets.length]!.birth_date)
    walk.birth_dates = dates.filter((date) => date !== null)
  }
}
