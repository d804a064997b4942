import type { Deps } from '../../src/deps.ts'
import { feedQuery } from '../../src/modules/social/feed/schema.ts'
import { getFeed } from '../../src/modules/social/feed/service.ts'
import { appeal, getMyActions } from '../../src/modules/social/moderation/appeals/service.ts'
import { decide } from '../../src/modules/social/moderation/cases/service.ts'
import { report } from '../../src/modules/social/moderation/reports/service.ts'
import { demandTakedown } from '../../src/modules/social/moderation/takedowns/service.ts'
import { CAST, type Owner } from './owners.ts'
import type { Act, Domain, Town } from './town.ts'

const EVERY_DAYS = 10
/** The days of one of these turns. Everybody has shared something by then. */
const REPORTED_ON = 8
const WARNED_ON = 9
const DEMANDED_ON = 10

/** Now and then somebody reports a walk, an admin warns its author, who appeals, and a stranger demands that something be taken down. */
export const moderation: Domain = (town, day) => {
  const settled = town.settled(day)
  const admin = settled.find(({ number }) => number === CAST.admin)
  const reporter = settled[Math.floor(day.index / EVERY_DAYS) % Math.max(1, settled.length)]
  if (!admin || !reporter) return []
  const turn = day.index % EVERY_DAYS
  const acts: Act[] = []
  if (turn === REPORTED_ON) acts.push({ at: day.at(22), run: (deps) => reportSomething(town, deps, reporter) })
  if (day.index === WARNED_ON) acts.push({ at: day.at(22.1), run: (deps) => warnSomebody(town, deps, { reporter, admin }) })
  if (day.index === DEMANDED_ON) acts.push({ at: day.at(22.2), run: (deps) => demandSomething(town, deps, reporter) })
  return acts
}

/** The newest walks that somebody sees of others. */
async function newestFor(town: Town, deps: Deps, owner: Owner) {
  const { items } = await getFeed(deps, town.resident(owner).actor, feedQuery.parse({ order: 'recent', limit: 10 }))
  return items
}

async function reportSomething(town: Town, deps: Deps, reporter: Owner): Promise<void> {
  const [walk] = await newestFor(town, deps, reporter)
  if (!walk) return
  const { actor } = town.resident(reporter)
  await report(deps, actor, {
    target_type: 'walk',
    target_id: walk.walk_id,
    reason: 'inappropriate',
    description: '산책과 상관없는 글이에요',
    also_block: false,
  })
  await report(deps, actor, {
    target_type: 'user',
    target_id: walk.author.id,
    reason: 'spam',
    description: '같은 글을 계속 올려요',
    also_block: false,
  })
}

async function warnSomebody(town: Town, deps: Deps, { reporter, admin }: { reporter: Owner; admin: Owner }): Promise<void> {
  const residents = [...town.residents.values()].filter(({ owner }) => owner !== admin && owner !== reporter)
  const walk = (await newestFor(town, deps, reporter)).find(({ author }) => residents.some(({ actor }) => actor.user_id === author.id))
  const author = residents.find(({ actor }) => actor.user_id === walk?.author.id)
  if (!walk || !author) return
  const target = { target_type: 'walk', target_id: walk.walk_id } as const
  await report(deps, town.resident(reporter).actor, {
    ...target,
    reason: 'harassment',
    description: '저를 놀리는 글이에요',
    also_block: false,
  })
  await decide(deps, town.resident(admin).actor, target, { action: 'warn', note: '처음이라 경고' })
  const { items } = await getMyActions(deps, author.actor, { limit: 1 })
  if (items[0]) await appeal(deps, author.actor, { action_id: items[0].id, text: '친구끼리 한 농담이었어요. 다시 봐 주세요.' })
}

async function demandSomething(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const [walk] = await newestFor(town, deps, owner)
  if (!walk) return
  await demandTakedown(deps, {
    claimant_name: '김보호',
    contact: 'claimant@example.com',
    target_type: 'walk',
    target_id: walk.walk_id,
    ground: 'privacy',
    statement: '허락 없이 찍은 제 얼굴이 나와요.',
  })
}
