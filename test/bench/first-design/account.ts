import type { Actor } from '../../../src/core/actor.ts'
import type { Line } from './line.ts'

export interface User {
  readonly id: string
  readonly nickname: string
  readonly region_code: string
  readonly weekly_goal_km: number
}

/** Before every request of the first design: is the session good, who is it, and have they paid? */
export async function signIn(line: Line, actor: Actor, now: Date): Promise<{ user: User; is_premium: boolean }> {
  await line.one(
    'session',
    'SELECT id FROM first_design.sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3',
    [actor.session_id, actor.user_id, now],
  )
  const user = await line.one<User>(
    'user',
    'SELECT id, nickname, region_code, weekly_goal_km, walk_unit, settings, created_at FROM first_design.users WHERE id = $1 AND deleted_at IS NULL',
    [actor.user_id],
  )
  const paid = await line.ask(
    'subscription',
    'SELECT ends_at FROM first_design.subscriptions WHERE user_id = $1 AND starts_at <= $2 AND ends_at > $2',
    [actor.user_id, now],
  )
  return { user, is_premium: paid.length > 0 }
}

export const primaryPetOf = (line: Line, userId: string) =>
  line.ask<{ id: string; name: string }>(
    'primary pet',
    'SELECT id, name, species, breed, birth_date, weight_kg FROM first_design.pets WHERE user_id = $1 AND is_primary',
    [userId],
  )

export const count = async (line: Line, name: string, from: string, values: readonly unknown[]): Promise<number> =>
  Number((await line.one<{ n: string }>(name, `SELECT count(*) AS n FROM first_design.${from}`, values)).n)

export interface FirstProfile {
  readonly nickname: string
  readonly is_premium: boolean
  readonly follower_count: number
  readonly following_count: number
  readonly pet_id: string | null
}

/** `GET /users/me`. */
export async function profileAsFirstDesigned(line: Line, actor: Actor, now: Date): Promise<FirstProfile> {
  const { user, is_premium } = await signIn(line, actor, now)
  await line.ask('region', 'SELECT sido, sigungu, dong FROM first_design.regions WHERE code = $1', [user.region_code])
  const [pet] = await primaryPetOf(line, user.id)
  await line.ask(
    'shown badge',
    'SELECT badges.name FROM first_design.user_badges JOIN first_design.badges ON badges.id = user_badges.badge_id WHERE user_id = $1 ORDER BY earned_at DESC LIMIT 1',
    [user.id],
  )
  const follower_count = await count(line, 'followers', 'follows WHERE followee_id = $1', [user.id])
  const following_count = await count(line, 'following', 'follows WHERE follower_id = $1', [user.id])
  await line.ask('suspension', 'SELECT suspended_until FROM first_design.users WHERE id = $1', [user.id])
  return { nickname: user.nickname, is_premium, follower_count, following_count, pet_id: pet?.id ?? null }
}
