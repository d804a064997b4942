import type { Actor } from '../../../src/core/actor.ts'
import { createKeyedSeeds } from '../../../src/core/keyed-seeds.ts'
import { createMediaSignatures } from '../../../src/core/media.ts'
import type { Deps } from '../../../src/deps.ts'
import { getHome } from '../../../src/modules/home/service.ts'
import { periodAt, periodBefore } from '../../../src/modules/rankings/periods.ts'
import { type BoardRow, findBoard } from '../../../src/modules/rankings/queries.ts'
import { findFeedPage } from '../../../src/modules/social/feed/queries.ts'
import { findProfile } from '../../../src/modules/users/queries.ts'
import type { ProfileRow } from '../../../src/modules/users/schema.ts'
import { completeOneWalk } from '../../../src/modules/walks/completion/service.ts'
import type { CompleteWalk, Completion } from '../../../src/modules/walks/schema.ts'
import type { CardRow } from '../../../src/modules/walks/sql.ts'
import type { Line } from './line.ts'
import type { Scope } from './sums.ts'
import { noCache } from '../../support/no-cache.ts'

const PAGE = 20
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const SECRET = 'a secret of nothing but this bench'

const there = <T>(answer: T | null): T => {
  if (answer === null) throw new Error('nobody is signed in')
  return answer
}

export const profileOfOurs = async (line: Line, actor: Actor, now: Date): Promise<ProfileRow> =>
  there(await findProfile(line.db(), actor, now)).profile

/** The whole service: it measures the track, draws its sketch, and puts the recording into R2, which is a trip as well. Its work after the answer is left out. */
export function completeOurs(line: Line, actor: Actor, walkId: string, input: CompleteWalk, at: Date): Promise<Completion> {
  const deps = {
    db: line.db(),
    bucket: { put: () => line.travel() },
    jobs: { send: async () => {}, sendBatch: async () => {} },
    pushes: { send: async () => {}, sendBatch: async () => {} },
    keyedSeeds: createKeyedSeeds(SECRET),
    media: createMediaSignatures({ keys: [SECRET], now: () => at }),
    now: () => at,
    waitUntil: (work: Promise<unknown>) => void work.catch(() => {}),
    wakeAt: async () => {},
  } as unknown as Pick<Deps, 'db' | 'bucket' | 'jobs' | 'keyedSeeds' | 'media' | 'now' | 'pushes' | 'waitUntil' | 'wakeAt'>
  return completeOneWalk(deps, actor, walkId, input)
}

export async function boardOfOurs(line: Line, actor: Actor, scope: Scope, at: Date, limit = PAGE): Promise<NonNullable<BoardRow['board']>> {
  const week = periodAt('weekly', at)
  const question = { period_key: week.key, period_key_before: periodBefore(week).key, is_weekly: true, scope, region_code: null }
  const { board } = there(await findBoard(line.db(), actor, question, { after: null, above_me: null, limit }, at))
  return there(board)
}

export async function feedOfOurs(line: Line, actor: Actor, order: 'ranked' | 'recent', at: Date): Promise<CardRow[]> {
  const from = order === 'recent' ? { posted_at: at.toISOString(), walk_id: LAST_ID } : null
  return there(await findFeedPage(line.db(), actor, { filter: 'all', at, spot: null, from, limit: PAGE }, at)).cards
}

export interface OurHome {
  readonly streak: number
  readonly rank: number | null
  readonly recent: readonly string[]
  readonly unread: number
}

/** The whole of `GET /home` but for its JSON. Redis and the vendors are left out, because the first design has no weather. */
export async function homeOfOurs(line: Line, actor: Actor, at: Date): Promise<OurHome> {
  const deps = {
    db: line.db(),
    // Somebody else reads the weather just now, so nothing is begun for it.
    cache: {
      ...noCache,
      mark: async (entries: readonly unknown[]) => entries.map(() => false),
      markAndGet: async () => ({ isMarked: false, value: null }),
    },
    now: () => at,
    waitUntil: (work: Promise<unknown>) => void work.catch(() => {}),
    wakeAt: async () => {},
  } as unknown as Parameters<typeof getHome>[0]
  const home = await getHome(deps, actor, {} as Parameters<typeof getHome>[2])
  if (home.failed.length > 0) throw new Error(`sections of the first screen failed: ${home.failed.join(', ')}`)
  return {
    unread: there(home.header).unread,
    streak: there(home.streak).current,
    rank: home.ranking?.me?.rank ?? null,
    recent: there(home.recent_walks).map((walk) => walk.id),
  }
}
