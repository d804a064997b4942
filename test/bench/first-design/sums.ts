import type { Line } from './line.ts'
import type { User } from './account.ts'

/** What the first design computes from all walks whenever it needs it. */
export interface Sums {
  readonly walk_count: number
  readonly distance_m: number
  readonly duration_sec: number
}

const COUNTING = 'is_valid'

export async function sumOf(line: Line, name: string, where: string, values: readonly unknown[]): Promise<Sums> {
  const row = await line.one<Record<keyof Sums, string>>(
    name,
    `SELECT count(*) AS walk_count, coalesce(sum(distance_m), 0) AS distance_m, coalesce(sum(duration_sec), 0) AS duration_sec
     FROM first_design.walks WHERE ${COUNTING} AND ${where}`,
    values,
  )
  return { walk_count: Number(row.walk_count), distance_m: Number(row.distance_m), duration_sec: Number(row.duration_sec) }
}

/** All days that somebody walked, and the runs in them, counted in the application. */
export async function streakOf(line: Line, userId: string, today: string): Promise<{ current: number; best: number }> {
  const days = await line.ask<{ day: number }>(
    'days of all walks',
    `SELECT DISTINCT (started_at AT TIME ZONE 'Asia/Seoul' - interval '4 hours')::date - date '2000-01-01' AS day
     FROM first_design.walks WHERE user_id = $1 AND ${COUNTING} ORDER BY 1`,
    [userId],
  )
  const now = (Date.parse(today) - Date.parse('2000-01-01')) / 86_400_000
  let [run, best, current] = [0, 0, 0]
  for (const [i, { day }] of days.entries()) {
    run = i > 0 && days[i - 1]!.day === day - 1 ? run + 1 : 1
    best = Math.max(best, run)
    if (day <= now && day >= now - 1) current = run
  }
  return { current, best }
}

/** From when until when a board counts. All time is null. */
export interface Span {
  readonly name: 'week' | 'month' | 'all'
  readonly from: Date
  readonly until: Date
}

export const SCOPES = ['dong', 'sigungu', 'nation'] as const
export type Scope = (typeof SCOPES)[number]

/** $1 is the region of whoever asks. */
const AREA: Record<Scope, string> = {
  dong: 'region_code = $1',
  sigungu: 'left(region_code, 5) = left($1, 5)',
  nation: '($1::text IS NOT NULL AND region_code IS NOT NULL)',
}

/** One statement for what somebody walked there, one for how many walked more. */
export async function rankOf(line: Line, user: User, scope: Scope, { name, from, until }: Span): Promise<number | null> {
  const inPeriod = `${COUNTING} AND ${AREA[scope]} AND started_at >= $2 AND started_at < $3`
  const own = await line.one<{ distance_m: string; walk_count: string }>(
    `own sum, ${scope}, ${name}`,
    `SELECT coalesce(sum(distance_m), 0) AS distance_m, count(*) AS walk_count FROM first_design.walks WHERE user_id = $4 AND ${inPeriod}`,
    [user.region_code, from, until, user.id],
  )
  if (own.walk_count === '0') return null
  const { n } = await line.one<{ n: string }>(
    `who walked more, ${scope}, ${name}`,
    `SELECT count(*) AS n FROM (
       SELECT user_id FROM first_design.walks WHERE ${inPeriod} GROUP BY user_id HAVING (sum(distance_m), count(*)) > ($4::bigint, $5::bigint)
     ) AS better`,
    [user.region_code, from, until, own.distance_m, own.walk_count],
  )
  return Number(n) + 1
}

export async function participantsOf(line: Line, user: User, scope: Scope, { name, from, until }: Span): Promise<number> {
  const { n } = await line.one<{ n: string }>(
    `participants, ${scope}, ${name}`,
    `SELECT count(DISTINCT user_id) AS n FROM first_design.walks WHERE ${COUNTING} AND ${AREA[scope]} AND started_at >= $2 AND started_at < $3`,
    [user.region_code, from, until],
  )
  return Number(n)
}

export interface Standing {
  readonly user_id: string
  readonly distance_m: number
}

/** The best of a board, from the sums of all its walks. */
export async function bestOf(line: Line, user: User, scope: Scope, { name, from, until }: Span, limit: number): Promise<Standing[]> {
  const rows = await line.ask<{ user_id: string; distance_m: string }>(
    `board, ${scope}, ${name}`,
    `SELECT user_id, sum(distance_m) AS distance_m, RANK() OVER (ORDER BY sum(distance_m) DESC, count(*) DESC) AS rank
     FROM first_design.walks WHERE ${COUNTING} AND ${AREA[scope]} AND started_at >= $2 AND started_at < $3
       AND user_id NOT IN (SELECT blocked_id FROM first_design.blocks WHERE blocker_id = $4 UNION SELECT blocker_id FROM first_design.blocks WHERE blocked_id = $4)
     GROUP BY user_id ORDER BY sum(distance_m) DESC, count(*) DESC, max(started_at), user_id LIMIT ${limit}`,
    [user.region_code, from, until, user.id],
  )
  return rows.map(({ user_id, distance_m }) => ({ user_id, distance_m: Number(distance_m) }))
}
