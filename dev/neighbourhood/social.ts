import type { Deps } from '../../src/deps.ts'
import { block } from '../../src/modules/social/blocks/service.ts'
import { writeComment } from '../../src/modules/social/comments/service.ts'
import { getFeed } from '../../src/modules/social/feed/service.ts'
import { feedQuery, type FeedPage } from '../../src/modules/social/feed/schema.ts'
import { follow, unfollow } from '../../src/modules/social/follows/service.ts'
import { like } from '../../src/modules/social/likes/service.ts'
import { reactionSchema } from '../../src/modules/social/posts/schema.ts'
import { react } from '../../src/modules/social/reactions/service.ts'
import type { Owner } from './owners.ts'
import type { Act, Day, Domain, Town } from './town.ts'

const COMMENTS = [
  '오늘도 좋은 산책이네요!',
  '꼬리 흔드는 게 여기까지 느껴져요 🐶',
  '다음엔 같이 걸어요',
  '코스가 좋아 보여요. 저도 가볼게요!',
  '우리 강아지도 그 길 좋아해요',
  '발바닥이 뜨겁지 않았나요?',
]
/** So many of those who follow nobody yet are met on the first days. */
const FIRST_FOLLOWS = 3
const READS_A_DAY = 0.06
const UNFOLLOWS_AFTER_DAYS = 8

/** Neighbours follow each other, read their feed in the evening, and say that they like what they see. */
export const social: Domain = (town, day) => [
  ...blocksOf(town, day),
  ...followsOf(town, day),
  ...unfollowsOf(town, day),
  ...readsOf(town, day),
]

/** Some owners block the one who walks two doors further. */
const blocksOf = (town: Town, day: Day): Act[] =>
  town
    .settled(day)
    .filter(({ number, joins }) => (number === 3 || number % 11 === 2) && day.index === joins + 9)
    .flatMap((owner) => {
      const other = town.owners[(owner.number + 7) % town.owners.length]!
      return owner === other || !town.residents.has(other.number)
        ? []
        : [{ at: day.at(13), run: (deps) => block(deps, town.resident(owner).actor, town.resident(other).actor.user_id) }]
    })

function followsOf(town: Town, day: Day): Act[] {
  const settled = town.settled(day)
  return settled.flatMap((owner) => {
    const random = town.random('follows', owner.number, day.date)
    const isNew = day.index === owner.joins + 2
    if (!isNew && !random.chance(0.05)) return []
    const others = settled.filter((other) => other !== owner)
    const chosen = Array.from({ length: isNew ? FIRST_FOLLOWS : 1 }, () => random.pick(others)).filter((other) => other !== undefined)
    return [...new Set(chosen)].map((other, n) => ({
      at: day.at(12.5 + n / 60),
      run: (deps: Deps) => follow(deps, town.resident(owner).actor, town.resident(other).actor.user_id),
    }))
  })
}

/** One of four follows somebody no longer, so that they may be recommended again. */
const unfollowsOf = (town: Town, day: Day): Act[] =>
  town
    .settled(day)
    .filter(({ number, joins }) => number % 4 === 1 && day.index === joins + UNFOLLOWS_AFTER_DAYS)
    .map((owner) => {
      const other = town.random('unfollows', owner.number).pick(town.settled(day).filter((one) => one !== owner))
      return {
        at: day.at(13.2),
        run: async (deps) => other && unfollow(deps, town.resident(owner).actor, town.resident(other).actor.user_id),
      }
    })

const readsOf = (town: Town, day: Day): Act[] =>
  town
    .settled(day)
    .filter((owner) => town.random('reads', owner.number, day.date).chance(READS_A_DAY + (town.owners.length < 10 ? 0.3 : 0)))
    .map((owner) => ({ at: day.at(21.2), run: (deps) => readFeed(town, deps, owner, day) }))

/** Likes some of the first walks of the feed, says something about one, and reacts to another. */
async function readFeed(town: Town, deps: Deps, owner: Owner, day: Day): Promise<void> {
  const random = town.random('cheers', owner.number, day.date)
  const { actor } = town.resident(owner)
  const filter = random.pick(['all', 'all', 'following'] as const)
  const { items }: FeedPage = await getFeed(deps, actor, feedQuery.parse({ filter, limit: 5 }))
  for (const { walk_id } of items) if (random.chance(0.5)) await like(deps, actor, walk_id)
  const [first, second] = items
  if (first && random.chance(0.5)) {
    const id = town.id('comment', owner.number, day.date)
    await writeComment(deps, actor, { id, walk_id: first.walk_id, content: random.pick(COMMENTS) })
  }
  if (second && random.chance(0.4)) await react(deps, actor, second.walk_id, random.pick(reactionSchema.options))
}
