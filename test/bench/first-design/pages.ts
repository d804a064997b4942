import type { Actor } from '../../../src/core/actor.ts'
import type { FeedFilter } from '../../../src/modules/social/feed/schema.ts'
import { count, primaryPetOf, signIn } from './account.ts'
import { spansOf, streakDayOf } from './completion.ts'
import { firstDesign } from './feed.ts'
import type { Line } from './line.ts'
import { bestOf, participantsOf, rankOf, type Scope, streakOf, sumOf } from './sums.ts'

const PAGE = 20

export interface FirstBoard {
  readonly items: readonly { readonly user_id: string; readonly nickname: string; readonly distance_m: number }[]
  readonly rank: number | null
  readonly participants: number
}

/** `GET /rankings` of this week: the sums of all walks, and person by person who they are, their dog, and where they stood a week ago. */
export async function boardAsFirstDesigned(line: Line, actor: Actor, scope: Scope, at: Date): Promise<FirstBoard> {
  const { user } = await signIn(line, actor, at)
  await line.ask('region', 'SELECT sido, sigungu, dong FROM first_design.regions WHERE code = $1', [user.region_code])
  const { week } = spansOf(at)
  const items = []
  for (const { user_id, distance_m } of await bestOf(line, user, scope, week, PAGE)) {
    const { nickname } = await line.one<{ nickname: string }>('person', 'SELECT nickname FROM first_design.users WHERE id = $1', [user_id])
    await primaryPetOf(line, user_id)
    await line.ask(
      'their rank a week ago',
      `SELECT rank FROM first_design.ranks WHERE user_id = $1 AND period = 'week before' AND scope = $2`,
      [user_id, scope],
    )
    items.push({ user_id, nickname, distance_m })
  }
  return { items, rank: await rankOf(line, user, scope, week), participants: await participantsOf(line, user, scope, week) }
}

export interface FirstCard {
  readonly walk_id: string
  readonly author: string
  readonly pets: number
  readonly likes: number
  readonly comments: number
  readonly photos: number
  readonly is_liked: boolean
}

/** The ids of a page by time, which the other design answers in the same order. */
const RECENT = `
  SELECT id FROM first_design.walks
  WHERE shared_to_feed AND is_valid AND shared_at <= $2 AND user_id <> $1
    AND (audience IS DISTINCT FROM 'followers' OR user_id IN (SELECT followee_id FROM first_design.follows WHERE follower_id = $1))
    AND user_id NOT IN (SELECT blocked_id FROM first_design.blocks WHERE blocker_id = $1 UNION SELECT blocker_id FROM first_design.blocks WHERE blocked_id = $1)
    AND id NOT IN (SELECT walk_id FROM first_design.hides WHERE user_id = $1)
  ORDER BY shared_at DESC, id DESC
  LIMIT ${PAGE}`

/** `GET /feed`: the walks of a page, by score or by time, and for each card its author, dogs, likes, comments and photos. */
export async function feedAsFirstDesigned(
  line: Line,
  actor: Actor,
  order: 'ranked' | 'recent',
  at: Date,
  filter: FeedFilter = 'all',
): Promise<FirstCard[]> {
  const { user } = await signIn(line, actor, at)
  const scored = firstDesign(user.id, filter, 0)
  const page =
    order === 'recent'
      ? await line.ask<{ id: string }>('page by time', RECENT, [user.id, at])
      : await line.ask<{ id: string }>('page by score', scored.text, scored.values)
  const cards: FirstCard[] = []
  for (const { id } of page) cards.push(await cardAsFirstDesigned(line, user.id, id))
  return cards
}

async function cardAsFirstDesigned(line: Line, viewerId: string, id: string): Promise<FirstCard> {
  const walk = await line.one<{ user_id: string; region_code: string }>('walk', 'SELECT * FROM first_design.walks WHERE id = $1', [id])
  const { nickname } = await line.one<{ nickname: string }>('author', 'SELECT nickname FROM first_design.users WHERE id = $1', [
    walk.user_id,
  ])
  await primaryPetOf(line, walk.user_id)
  const pets = await line.ask(
    'pets',
    'SELECT pets.name FROM first_design.walk_pets JOIN first_design.pets ON pets.id = walk_pets.pet_id WHERE walk_id = $1 ORDER BY position',
    [id],
  )
  await line.ask('region', 'SELECT sigungu FROM first_design.regions WHERE code = $1', [walk.region_code])
  const likes = await count(line, 'likes', 'likes WHERE walk_id = $1', [id])
  const liked = await line.ask('liked', 'SELECT 1 FROM first_design.likes WHERE walk_id = $1 AND user_id = $2', [id, viewerId])
  const comments = await count(line, 'comments', 'comments WHERE walk_id = $1', [id])
  const photos = await line.ask('photos', 'SELECT object_key FROM first_design.photos WHERE walk_id = $1 ORDER BY created_at', [id])
  await line.ask('following', 'SELECT 1 FROM first_design.follows WHERE follower_id = $1 AND followee_id = $2', [viewerId, walk.user_id])
  return { walk_id: id, author: nickname, pets: pets.length, likes, comments, photos: photos.length, is_liked: liked.length > 0 }
}

export interface FirstHome {
  readonly week_m: number
  readonly week_count: number
  readonly streak: number
  readonly rank: number | null
  readonly recent: readonly string[]
  readonly unread: number
}

/** `GET /home`, section by section. Weather comes from Redis in both designs, so neither is charged for it. */
export async function homeAsFirstDesigned(line: Line, actor: Actor, at: Date): Promise<FirstHome> {
  const { user } = await signIn(line, actor, at)
  const { week } = spansOf(at)
  const unread = await count(line, 'unread', 'notifications WHERE user_id = $1 AND read_at IS NULL', [user.id])
  await primaryPetOf(line, user.id)
  const sums = await sumOf(line, 'week', 'user_id = $1 AND started_at >= $2 AND started_at < $3', [user.id, week.from, week.until])
  for (let day = 0; day < 7; day++) {
    const from = new Date(week.from.getTime() + day * 86_400_000)
    await sumOf(line, 'day', 'user_id = $1 AND started_at >= $2 AND started_at < $3', [
      user.id,
      from,
      new Date(from.getTime() + 86_400_000),
    ])
  }
  const streak = await streakOf(line, user.id, streakDayOf(at))
  const held = await line.ask<{ badge_id: string }>('held badges', 'SELECT badge_id FROM first_design.user_badges WHERE user_id = $1', [
    user.id,
  ])
  await line.ask('open badges', 'SELECT * FROM first_design.badges WHERE id <> ALL ($1::uuid[])', [held.map(({ badge_id }) => badge_id)])
  await sumOf(line, 'progress of the badges', 'user_id = $1', [user.id])
  for (const { user_id } of await bestOf(line, user, 'dong', week, 3)) {
    await line.one('person', 'SELECT nickname FROM first_design.users WHERE id = $1', [user_id])
    await primaryPetOf(line, user_id)
  }
  const rank = await rankOf(line, user, 'dong', week)
  const recent = await line.ask<{ id: string }>(
    'recent walks',
    'SELECT id, distance_m, duration_sec, started_at FROM first_design.walks WHERE user_id = $1 AND is_valid ORDER BY started_at DESC LIMIT 3',
    [user.id],
  )
  for (const { id } of recent) {
    await line.ask(
      'pets',
      'SELECT pets.name FROM first_design.walk_pets JOIN first_design.pets ON pets.id = walk_pets.pet_id WHERE walk_id = $1',
      [id],
    )
    await line.ask('photos', 'SELECT object_key FROM first_design.photos WHERE walk_id = $1', [id])
  }
  return { week_m: sums.distance_m, week_count: sums.walk_count, streak: streak.current, rank, recent: recent.map(({ id }) => id), unread }
}
