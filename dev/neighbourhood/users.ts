import { listBadges } from '../../src/modules/badges/service.ts'
import { logInWithKakao, refreshTokens } from '../../src/modules/auth/service.ts'
import { DAY_MS, fromSeoulDate, HOUR_MS } from '../../src/core/time.ts'
import type { Deps } from '../../src/deps.ts'
import { registerPushToken } from '../../src/modules/notifications/service.ts'
import { decideConsents, editProfile, editSettings, moveUser, setPrivacyZone } from '../../src/modules/users/service.ts'
import type { EditSettings } from '../../src/modules/users/settings/schema.ts'
import type { Domain, Town } from './town.ts'
import type { Owner } from './owners.ts'

const CONSENTS_VERSION = '2026-01-01'
const JOINED_AT = 6
/** A session ends when its token is not refreshed for a week. */
const REFRESHED_EVERY_DAYS = 6
const SETTINGS: readonly EditSettings[] = [
  { quiet_hours: { enabled: false } },
  { quiet_hours: { start: '23:30', end: '07:00' }, reminder: { time: '19:30', weekdays: [1, 2, 3, 4, 5] } },
  { hide_walk_times: true, auto_share: true },
  { notifications: { ranking_down: false, come_back: false }, voice_guidance: false },
]

/** Logs somebody in as their phone does. Kakao is not asked, because the simulated Kakao has another clock. */
export async function logIn(town: Town, deps: Deps, owner: Owner, device = 'iPhone 15'): Promise<void> {
  const identity = { provider: 'kakao', provider_id: owner.kakao_id, email: null, vendor_token: null, vendor_client_id: null } as const
  const kakao: Deps['kakao'] = { ...NO_KAKAO, identify: async () => identity }
  const { db, now, accessTokens, refreshKeys, vault, keyedIds, rooms, waitUntil, cache } = deps
  const login = await logInWithKakao(
    { db, now, accessTokens, refreshKeys, vault, keyedIds, rooms, waitUntil, cache, kakao },
    { access_token: owner.kakao_id, device: { name: device, platform: device.startsWith('iPhone') ? 'ios' : 'android' } },
  )
  const actor = await deps.accessTokens.verify(login.access_token)
  if (actor) town.residents.set(owner.number, { owner, actor, refresh_token: login.refresh_token })
}

const NO_KAKAO: Deps['kakao'] = {
  authorizationUrl: () => {
    throw new Error('nobody logs in here')
  },
  identify: () => Promise.reject(new Error('nobody logs in here')),
  revoke: async () => {},
  isGenuineNotice: async () => false,
}

export const signedUpAt = (town: Town, { joins, number }: Owner): Date =>
  new Date(fromSeoulDate(town.first_day).getTime() + joins * DAY_MS + JOINED_AT * HOUR_MS + number * 60_000)

export const users: Domain = (town, day) => [
  ...town.owners
    .filter(({ joins }) => joins === day.index)
    .map((owner) => ({ at: signedUpAt(town, owner), run: (deps: Deps) => signUp(town, deps, owner) })),
  ...town
    .settled(day)
    .filter(({ joins }) => (day.index - joins) % REFRESHED_EVERY_DAYS === 0)
    .map((owner) => ({ at: day.at(5), run: (deps: Deps) => refresh(town, deps, owner) })),
  ...town
    .settled(day)
    .filter(({ joins, number }) => joins + 12 + (number % 5) === day.index)
    .map((owner) => ({ at: day.at(21.5), run: (deps: Deps) => wearBadge(town, deps, owner) })),
  ...town
    .settled(day)
    .filter(({ joins, number }) => number % 4 === 2 && joins + 5 === day.index)
    .map((owner) => ({ at: day.at(22), run: (deps: Deps) => logIn(town, deps, owner, 'Galaxy Tab S9') })),
]

async function refresh(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const resident = town.resident(owner)
  const { refresh_token } = await refreshTokens(deps, resident.refresh_token)
  town.residents.set(owner.number, { ...resident, refresh_token })
}

async function signUp(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { number, nickname, home } = owner
  const random = town.random('sign-up', number)
  await logIn(town, deps, owner, random.chance(0.5) ? 'iPhone 15' : 'Galaxy S24')
  const { actor } = town.resident(owner)
  const documents = ['service', 'privacy', 'location', ...(random.chance(0.6) ? ['marketing' as const] : [])] as const
  await decideConsents(
    deps,
    actor,
    documents.map((document) => ({ document, version: CONSENTS_VERSION, agreed: true })),
  )
  await editProfile(deps, actor, { nickname, weekly_goal_km: random.pick([5, 10, 15, 20]), walk_unit: number % 15 === 7 ? 'mile' : 'km' })
  await moveUser(deps, actor, home)
  if (number % 10 < SETTINGS.length) await editSettings(deps, actor, SETTINGS[number % 10]!)
  if (number % 5 === 0) await setPrivacyZone(deps, actor, { ...home, radius_m: 200 })
  if (random.chance(0.85)) await registerPushToken(deps, actor, { platform: 'ios', token: `fcm:neighbour-${number}-of-${town.first_day}` })
}

/** Wears the badge that was earned last. */
async function wearBadge(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const [badge] = await listBadges(deps, actor, { status: 'earned', sort: 'earned_at' })
  if (badge) await editProfile(deps, actor, { representative_badge_id: badge.id })
}
