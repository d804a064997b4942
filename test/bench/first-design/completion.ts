import type { Actor } from '../../../src/core/actor.ts'
import { DAY_MS, fromSeoulDate, seoulDate, seoulMonday } from '../../../src/core/time.ts'
import { signIn } from './account.ts'
import { awardAsFirstDesigned } from './badges.ts'
import type { Line } from './line.ts'
import { participantsOf, rankOf, SCOPES, type Span, streakOf, sumOf } from './sums.ts'

/** A measured walk. Both designs are told the same distance, so that neither is charged for measuring. */
export interface GivenWalk {
  readonly id: string
  readonly pet_id: string
  readonly started_at: string
  readonly ended_at: string
  readonly distance_m: number
  readonly duration_sec: number
  readonly calories: number
  readonly route_polyline: string
  /** JSON */
  readonly points: string
  readonly start: readonly [lng: number, lat: number]
}

export interface FirstCompletion {
  readonly totals: { readonly walk_count: number; readonly distance_m: number; readonly duration_sec: number }
  readonly week_m: number
  readonly streak: { readonly current: number; readonly best: number }
  /** In the dong and the week of the walk. */
  readonly rank: number | null
  readonly participants: number
  readonly badge_values: ReadonlyMap<string, number>
}

/** The week and the month that an instant lies in, and all time. */
export function spansOf(at: Date): { week: Span; month: Span; all: Span } {
  const monday = fromSeoulDate(seoulMonday(at))
  const month = seoulDate(at).slice(0, 7)
  const next = seoulDate(new Date(fromSeoulDate(`${month}-01`).getTime() + 32 * DAY_MS)).slice(0, 7)
  return {
    week: { name: 'week', from: monday, until: new Date(monday.getTime() + 7 * DAY_MS) },
    month: { name: 'month', from: fromSeoulDate(`${month}-01`), until: fromSeoulDate(`${next}-01`) },
    all: { name: 'all', from: new Date('2000-01-01'), until: new Date('2100-01-01') },
  }
}

/** The day of a streak begins at four in the morning. */
export const streakDayOf = (at: Date): string => seoulDate(new Date(at.getTime() - 4 * 3_600_000))

/** `POST /walks/{id}/complete`: a statement for each thing that somebody thought of, and each of them over all walks. */
export async function completeAsFirstDesigned(line: Line, actor: Actor, walk: GivenWalk, at: Date): Promise<FirstCompletion> {
  const { user, is_premium } = await signIn(line, actor, at)
  await line.one('walk', 'SELECT * FROM first_design.walks WHERE id = $1 AND user_id = $2', [walk.id, user.id])
  const pets = await line.ask<{ pet_id: string }>('pets of the walk', 'SELECT pet_id FROM first_design.walk_pets WHERE walk_id = $1', [
    walk.id,
  ])
  for (const { pet_id } of pets) await line.one('pet', 'SELECT id, weight_kg FROM first_design.pets WHERE id = $1', [pet_id])
  const overlaps = await line.ask(
    'overlapping walks',
    'SELECT id FROM first_design.walks WHERE user_id = $1 AND is_valid AND id <> $2 AND started_at < $4 AND ended_at > $3',
    [user.id, walk.id, walk.started_at, walk.ended_at],
  )
  if (overlaps.length > 0) throw new Error('the first design sees an overlap')
  const { week, month, all } = spansOf(new Date(walk.started_at))
  await rankOf(line, user, 'dong', week)

  await line.ask('begin', 'BEGIN')
  await line.ask(
    'complete',
    `UPDATE first_design.walks
     SET status = 'completed', started_at = $2, ended_at = $3, distance_m = $4, duration_sec = $5, calories = $6, is_valid = true, region_code = $7, route_polyline = $8,
         start_lng = $9, start_lat = $10
     WHERE id = $1`,
    [
      walk.id,
      walk.started_at,
      walk.ended_at,
      walk.distance_m,
      walk.duration_sec,
      walk.calories,
      user.region_code,
      walk.route_polyline,
      ...walk.start,
    ],
  )
  await line.ask('track', 'INSERT INTO first_design.tracks (walk_id, points) VALUES ($1, $2)', [walk.id, walk.points])
  await line.ask('commit', 'COMMIT')

  const totals = await sumOf(line, 'totals', 'user_id = $1', [user.id])
  await line.ask(
    'store totals',
    `INSERT INTO first_design.totals (user_id, walk_count, distance_m, duration_sec) VALUES ($1, $2, $3, $4)
     ON CONFLICT (user_id) DO UPDATE SET walk_count = $2, distance_m = $3, duration_sec = $4`,
    [user.id, totals.walk_count, totals.distance_m, totals.duration_sec],
  )
  for (const { pet_id } of pets) {
    const sums = await sumOf(line, 'totals of a pet', 'id IN (SELECT walk_id FROM first_design.walk_pets WHERE pet_id = $1)', [pet_id])
    await line.ask(
      'store totals of a pet',
      `INSERT INTO first_design.pet_totals (pet_id, walk_count, distance_m, duration_sec) VALUES ($1, $2, $3, $4)
       ON CONFLICT (pet_id) DO UPDATE SET walk_count = $2, distance_m = $3, duration_sec = $4`,
      [pet_id, sums.walk_count, sums.distance_m, sums.duration_sec],
    )
  }
  const ofWeek = await sumOf(line, 'weekly goal', 'user_id = $1 AND started_at >= $2 AND started_at < $3', [user.id, week.from, week.until])
  const streak = await streakOf(line, user.id, streakDayOf(at))
  await line.ask(
    'store streak',
    'INSERT INTO first_design.streaks (user_id, current, best) VALUES ($1, $2, $3) ON CONFLICT (user_id) DO UPDATE SET current = $2, best = $3',
    [user.id, streak.current, streak.best],
  )
  const { values } = await awardAsFirstDesigned(line, user.id, { is_premium, best_streak: streak.best, at })

  let rank: number | null = null
  for (const span of [week, month, all]) {
    for (const scope of SCOPES) {
      const now = await rankOf(line, user, scope, span)
      if (span === week && scope === 'dong') rank = now
      await line.ask(
        'store rank',
        'INSERT INTO first_design.ranks (user_id, period, scope, rank) VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, period, scope) DO UPDATE SET rank = $4',
        [user.id, span.name, scope, now],
      )
    }
  }
  const participants = await participantsOf(line, user, 'dong', week)
  await line.one('the walk for the answer', 'SELECT * FROM first_design.walks WHERE id = $1', [walk.id])
  await line.ask('the badges for the answer', 'SELECT badge_id FROM first_design.user_badges WHERE user_id = $1 ORDER BY earned_at DESC', [
    user.id,
  ])
  return { totals, week_m: ofWeek.distance_m, streak, rank, participants, badge_values: values }
}
