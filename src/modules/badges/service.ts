import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import { seoulDate } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import { userNotFound } from '../users/errors.ts'
import { badgeNotFound } from './errors.ts'
import { findStanding, listEarnedBadges, listStandings } from './queries.ts'
import { byBand, etaDays, gradeOf, percentOf, presentBadge, presentNear, runningValues, seasonsOf } from './rules.ts'
import {
  type Badge,
  type BadgeDetail,
  categories,
  type CurrentSeasons,
  earnedPages,
  type ListBadgesQuery,
  type MovedBadge,
  type NearBadge,
  type Progress,
  type Summary,
} from './schema.ts'

type BadgeDeps = Pick<Deps, 'db' | 'now'>

async function collect({ db, now }: BadgeDeps, actor: Actor) {
  const at = now()
  const { badges, latest, is_premium } = signedIn(await listStandings(db, actor, at))
  const today = seoulDate(at)
  return { badges: badges.map((standing) => presentBadge(standing, { today, is_premium })), standings: badges, latest, today }
}

export async function listBadges(deps: BadgeDeps, actor: Actor, { category, status, sort }: ListBadgesQuery): Promise<Badge[]> {
  const { badges } = await collect(deps, actor)
  return badges.filter((badge) => (!category || badge.category === category) && (!status || badge.status === status)).toSorted(ORDERS[sort])
}

// Equals stay in the catalogue's order, because the sort is stable.
const ORDERS: Record<ListBadgesQuery['sort'], (a: Badge, b: Badge) => number> = {
  category: () => 0,
  earned_at: (a, b) => byEarned(a, b),
  status: (a, b) => rank(a, 'earned', 'in_progress') - rank(b, 'earned', 'in_progress') || byEarned(a, b) || byProgress(a, b),
  progress: (a, b) => rank(a, 'in_progress', 'earned') - rank(b, 'in_progress', 'earned') || byProgress(a, b) || byEarned(a, b),
}
const rank = ({ status }: Badge, first: Badge['status'], second: Badge['status']) => (status === first ? 0 : status === second ? 1 : 2)
const byEarned = (a: Badge, b: Badge) => Date.parse(b.earned_at ?? '1970-01-01') - Date.parse(a.earned_at ?? '1970-01-01')
const byProgress = (a: Badge, b: Badge) => b.progress_percent - a.progress_percent

export async function listInProgress({ db, now }: BadgeDeps, actor: Actor, limit: number): Promise<NearBadge[]> {
  const at = now()
  const { badges, is_premium } = signedIn(await listStandings(db, actor, at))
  return badges
    .flatMap((standing) => presentNear(standing, { today: seoulDate(at), is_premium }) ?? [])
    .toSorted(byBand)
    .slice(0, limit)
}

function remainingOf({ status, threshold, progress_value }: Badge): number | null {
  return status === 'earned' || threshold === null ? null : threshold - progress_value
}

/** A badge counts once, however many editions of it were earned. */
export async function summarizeBadges(deps: BadgeDeps, actor: Actor): Promise<Summary> {
  const { standings, latest } = await collect(deps, actor)
  const count = (of: typeof standings) => ({ earned: of.filter(({ earned }) => earned.length > 0).length, total: of.length })
  const all = count(standings)
  const percent = all.total > 0 ? percentOf(all.earned, all.total) : 0
  return {
    ...all,
    percent,
    grade: gradeOf(percent),
    latest,
    categories: categories.map((category) => ({ category, ...count(standings.filter((badge) => badge.category === category)) })),
  }
}

export async function getCurrentSeasons(deps: BadgeDeps, actor: Actor): Promise<CurrentSeasons> {
  const { badges, today } = await collect(deps, actor)
  return seasonsOf(badges, today)
}

export async function getBadge({ db, now }: BadgeDeps, actor: Actor, badgeId: string): Promise<BadgeDetail> {
  const at = now()
  const { detail, is_premium } = signedIn(await findStanding(db, actor, badgeId, at))
  const { badge: standing, won, holders, walkers, gained, pace_days, is_today_done, history } = found(detail, badgeNotFound)
  const badge = presentBadge(standing, { today: seoulDate(at), is_premium })
  const { metric } = badge
  const remaining = remainingOf(badge)
  return {
    ...badge,
    remaining,
    eta_days:
      metric !== null && remaining !== null && badge.status === 'in_progress'
        ? etaDays({ metric, remaining, days_left: badge.season?.days_left ?? null }, { gained, pace_days, is_today_done })
        : null,
    walk_id: won?.walk_id ?? null,
    pets: won?.pets ?? [],
    first_walk_at: won?.first_walk_at ?? null,
    walk_count: won?.walk_count ?? null,
    day_count: won?.day_count ?? null,
    rarity_percent: walkers > 0 ? Math.min(100, Math.round((1_000 * holders) / walkers) / 10) : 0,
    history: metric === null ? [] : runningValues(metric, badge.season?.is_open === false ? null : standing.value, history),
  }
}

export async function listBadgesOf(
  { db, cursors }: Pick<Deps, 'db' | 'cursors'>,
  actor: Actor,
  userId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const list = earnedPages(cursors, actor.user_id, userId)
  const after = await list.after(cursor)
  const { badges } = signedIn(
    await listEarnedBadges(db, actor, userId, { after: after && { earned_at: after[0], id: after[1], season_year: after[2] }, limit }),
  )
  return list.page(found(badges, userNotFound), limit, (badge) => [badge.earned_at, badge.id, badge.season_year ?? 0])
}

export function presentProgress(moved: MovedBadge): Progress {
  return { ...moved, progress_percent: percentOf(moved.progress_value, moved.threshold) }
}
