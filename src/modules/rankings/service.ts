import { signedIn, type Actor } from '../../core/actor.ts'
import type { Deps } from '../../deps.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { regionNotFound } from '../regions/errors.ts'
import { regionNotSet } from './errors.ts'
import { periodAt, periodBefore, periodNamed } from './periods.ts'
import { type BoardQuestion, findBoard, findFollowingDays, listHall, type PagePosition, type StandingRow } from './queries.ts'
import {
  boardPages,
  type FollowingDays,
  hallPages,
  type HallQuery,
  type MyRanking,
  type MyRankingQuery,
  type Ranking,
  type RankingQuery,
} from './schema.ts'

export type { StandingRow }

type RankingDeps = Pick<Deps, 'db' | 'now'>

const ALL_TIME = 'all'
const NO_PAGE: PagePosition = { after: null, above_me: null, limit: 0 }

export async function getRanking(deps: RankingDeps & Pick<Deps, 'cursors'>, actor: Actor, query: RankingQuery): Promise<Ranking> {
  const { limit, around, scope, region_code } = query
  const list = boardPages(deps.cursors, actor.user_id, keysOf(query, deps.now()).period_key, scope, region_code ?? null)
  const key = await list.after(query.cursor)
  const after = key && { standing: key[0], last_walk_at: key[1], user_id: key[2] }
  const position = { after, above_me: around && !after ? Math.floor(limit / 2) : null, limit }
  const { items: rows, ...board } = await askBoard(deps, actor, query, position)
  const { items, next_cursor } = await list.page(rows, limit, (row) => [row.standing, row.last_walk_at, row.user.id])
  return { ...board, items: items.map(presentStanding), next_cursor }
}

export function presentStanding(row: StandingRow): Ranking['items'][number] {
  const { standing: _, last_walk_at: __, ...shown } = row
  return shown
}

export async function getMyRanking(deps: RankingDeps, actor: Actor, query: MyRankingQuery): Promise<MyRanking> {
  const { items: _, ...board } = await askBoard(deps, actor, query, NO_PAGE)
  return board
}

async function askBoard({ db, now }: RankingDeps, actor: Actor, query: MyRankingQuery, position: PagePosition) {
  const at = now()
  const { period } = query
  const question = { ...keysOf(query, at), is_weekly: period === 'weekly', scope: query.scope, region_code: query.region_code ?? null }
  const { board } = signedIn(await findBoard(db, actor, question, position, at))
  if (!board) throw query.region_code === undefined ? regionNotSet() : regionNotFound()
  const { is_allowed, ...seen } = board
  if (!is_allowed) throw premiumRequired()
  return { period, period_key: question.period_key, ...seen }
}

/** This week's keys, as a board is asked for. */
export const weekKeys = (at: Date) => keysOf({ period: 'weekly', scope: 'dong' }, at)

function keysOf({ period, period_key }: MyRankingQuery, at: Date): Pick<BoardQuestion, 'period_key' | 'period_key_before'> {
  if (period === 'alltime') return { period_key: ALL_TIME, period_key_before: null }
  const asked = (period_key === undefined ? null : periodNamed(period, period_key)) ?? periodAt(period, at)
  return { period_key: asked.key, period_key_before: periodBefore(asked).key }
}

export async function getFollowingDays({ db, now }: RankingDeps, actor: Actor): Promise<FollowingDays> {
  const at = now()
  const week = periodAt('weekly', at)
  const { days } = signedIn(await findFollowingDays(db, actor, week, at))
  return { period_key: week.key, days }
}

export async function listHallOfFame(
  { db, cursors, now }: RankingDeps & Pick<Deps, 'cursors'>,
  actor: Actor,
  { category, cursor, limit }: HallQuery,
) {
  const list = hallPages(cursors, actor.user_id, category ?? null)
  const key = await list.after(cursor)
  const after = key && { category: key[0], period_key: key[1], rank: key[2], user_id: key[3] }
  const { entries } = signedIn(await listHall(db, actor, { category: category ?? null, after, limit }, now()))
  return list.page(entries, limit, (entry) => [entry.category, entry.period_key, entry.rank, entry.user.id])
}
