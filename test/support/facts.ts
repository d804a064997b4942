import { PRECIPITATIONS } from '../../src/core/weather.ts'
import { sql } from 'drizzle-orm'
import { runBatch } from '../../src/db/client.ts'
import { settleWalk } from '../../src/modules/facts/sql.ts'
import { shiftTrack } from '../../dev/track-changes.ts'
import type { MakeOptions } from '../../dev/tracks.ts'
import { type Api, createTestDeps } from './api.ts'
import { measureTrack, type Track } from '../../src/measuring/measure-track.ts'
import { completionBody, freshTrack, startWalk } from './walks.ts'

const { db } = createTestDeps()
const idOf = (api: Api) => api.user!.user_id

/** The instant at which a clock in Seoul shows this text, for example `2027-01-01 03:59:59`. */
export const seoul = (clock: string): Date => new Date(`${clock.replace(' ', 'T')}+09:00`)

export const daysBefore = (at: Date, days: number): Date => new Date(at.getTime() - days * 86_400_000)

export interface EarlierWalk {
  readonly started_at: Date
  readonly distance_m?: number
  readonly duration_sec?: number
  /** The position at which the walk began. */
  readonly lat?: number
  readonly lng?: number
}

/** A year of walks in one trip would take longer than a trip may, on a busy machine. */
const FOLDED_A_TRIP = 60

/** Writes walks of a person's past as rows, with all facts and without badges, for tests that would need years of walking. */
export async function giveWalks(api: Api, walks: readonly EarlierWalk[], petIds: readonly string[] = []): Promise<string[]> {
  const rows = walks.map((walk) => ({ id: crypto.randomUUID(), distance_m: 500, duration_sec: 600, lat: 37.5, lng: 127, ...walk }))
  await db.execute(sql`
    WITH given AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)})
        AS walk (id uuid, started_at timestamptz, distance_m int, duration_sec int, lat float8, lng float8)
    ), walked AS (
      INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, distance_m, duration_sec, calories, line)
      SELECT id, ${idOf(api)}, 'completed', started_at, started_at + interval '1 second', started_at, started_at, '', true, distance_m, duration_sec, 0,
             ST_SetSRID(ST_Multi(ST_MakeLine(ST_MakePointM(lng, lat, 0), ST_MakePointM(lng, lat + 0.001, 1))), 4326)
      FROM given
      RETURNING id
    )
    INSERT INTO walk_pets (walk_id, pet_id, position)
    SELECT walked.id, pet.id, 1
    FROM walked, unnest(${`{${petIds.join(',')}}`}::uuid[]) AS pet (id)`)
  const inOrder = rows.toSorted((a, b) => a.started_at.getTime() - b.started_at.getTime())
  for (let from = 0; from < inOrder.length; from += FOLDED_A_TRIP) {
    const ids = inOrder.slice(from, from + FOLDED_A_TRIP).map(({ id }) => id)
    await db.execute(sql`SELECT fold_walk(id) FROM unnest(${`{${ids.join(',')}}`}::uuid[]) AS walk (id)`)
  }
  await db.execute(sql`SELECT fold_histogram(${idOf(api)}::uuid)`)
  return rows.map(({ id }) => id)
}

/** One walk at noon of each of these days. A day is given as the number of days before `at`. */
export const giveDailyWalks = (api: Api, at: Date, daysAgo: readonly number[]): Promise<string[]> =>
  giveWalks(
    api,
    daysAgo.map((days) => ({ started_at: new Date(`${daysBefore(at, days).toISOString().slice(0, 10)}T03:00:00Z`) })),
  )

export const range = (from: number, until: number): number[] => Array.from({ length: Math.max(0, until - from + 1) }, (_, i) => from + i)

export async function givePremium(api: Api, startsAt: Date, endsAt: Date): Promise<void> {
  await db.execute(
    sql`INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES (${idOf(api)}, 'toss', ${startsAt.toISOString()}, ${endsAt.toISOString()})`,
  )
}

/** Changes columns of a walk that its completion does not write, with all that follows from the walk in one transaction. */
export async function changeWalk(api: Api, walkId: string, columns: object, at: Date): Promise<void> {
  const change = JSON.stringify(columns)
  const columnsOf = sql`
      UPDATE walks
      SET (weather, photo_count, together_with) = (
        SELECT changed.weather, changed.photo_count, changed.together_with FROM jsonb_populate_record(walks, ${change}::jsonb) AS changed
      )
      WHERE id = ${walkId}`
  await runBatch(db, settleWalk(idOf(api), walkId, at, columnsOf))
}

/** A phone that records every second and without a fault. */
const STEADY = { sampling: '1s', spike: 0, dropouts: 0, clockMs: 0, clockDriftMs: 0, whiteM: 2, biasM: 2 } as const

/** A position in the country, far from every known place. */
export const DOOR = { lat: 36.9, lng: 128.2 }

/** An honest track that begins exactly at `startsAt`. A track whose first fix is a glitch begins later, so another one is made instead. */
export function trackFrom(startsAt: Date, options: MakeOptions = {}): Track {
  const made = freshTrack({ length_m: 700, phone: STEADY, origin: DOOR, ...options })
  const track = shiftTrack(made, { time_ms: startsAt.getTime() - Math.min(...made.time_ms) })
  const { started_at_ms } = measureTrack(track, { now_ms: Math.max(...track.time_ms) })
  return started_at_ms === startsAt.getTime() ? track : trackFrom(startsAt, options)
}

export interface WalkedAt extends MakeOptions {
  /** Weather that is written on the walk before it is completed. */
  readonly weather?: { readonly pty: string }
}

/** A reading as the server stores it. `pty` may be KMA's code. */
function readingOf(pty: string, at: Date) {
  const known = { temp: 3, humidity: null, rn1: null, wind_ms: null, sky: null, source: 'ncst', final: true }
  return { ...known, hour: `${at.toISOString().slice(0, 13)}:00:00Z`, pty: PRECIPITATIONS[Number(pty)] ?? pty }
}

/** Completes a walk through the API, with a clock that stands a minute after the end of the walk. Returns the answer and that clock. */
export async function walkFrom(api: Api, petIds: readonly string[], startsAt: Date, { weather, ...options }: WalkedAt = {}) {
  const track = trackFrom(startsAt, options)
  const now = new Date(Math.max(...track.time_ms) + 60_000)
  const then = api.with({ now: () => now })
  const id = await startWalk(then, petIds, { started_at: startsAt.toISOString(), lat: track.lat[0], lng: track.lng[0] })
  if (weather) await changeWalk(api, id, { weather: readingOf(weather.pty, startsAt) }, now)
  const { json, status, headers } = await then.post(`/walks/${id}/complete`, completionBody(track))
  return { id, json, status, headers, now, codes: codesOf(json.badges_earned) }
}

/** A walk that comes whole and late. It began at `startsAt`, and is sent at `now`. */
export async function syncFrom(api: Api, petId: string, startsAt: Date, now: Date, options: MakeOptions = {}) {
  const track = trackFrom(startsAt, options)
  const id = crypto.randomUUID()
  const walk = { id, pet_id: petId, started_at: startsAt.toISOString(), ...completionBody(track) }
  const { json } = await api.with({ now: () => now }).post('/walks/sync', { walks: [walk] })
  const [{ completion, problem }] = json.results
  return { id, json: completion, problem, codes: codesOf(completion?.badges_earned ?? []) }
}

const codesOf = (badges: { code: string }[]): string[] => badges.map(({ code }) => code)

/** The codes of the badges that a person has earned, with the editions of seasons: `season_spring 2027`. */
export async function heldBy(api: Api): Promise<string[]> {
  const { rows } = await db.execute<{ code: string; season_year: number }>(sql`
    SELECT badges.code, user_badges.season_year
    FROM user_badges
    JOIN badges ON badges.id = user_badges.badge_id
    WHERE user_badges.user_id = ${idOf(api)}
    ORDER BY badges.code COLLATE "C", user_badges.season_year`)
  return rows.map(({ code, season_year }) => (season_year ? `${code} ${season_year}` : code))
}
