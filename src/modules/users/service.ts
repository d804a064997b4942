import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import { DAY_MS } from '../../core/time.ts'
import { violatedConstraint } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { announcePushes } from '../../jobs/outbox.ts'
import { badgeNotEarned, badgeNotFound } from '../badges/errors.ts'
import { titleLocked, unknownTitle } from '../grades/errors.ts'
import { isVersion } from '../legal/documents.ts'
import { unknownDocumentVersion } from '../legal/errors.ts'
import { findPlace } from '../regions/service.ts'
import type { Region } from '../regions/schema.ts'
import { refuseSuspended } from '../social/suspensions/service.ts'
import { recheckRooms } from '../rooms/recheck/service.ts'
import { nicknameBanned, nicknameChangeTooSoon, nicknameTaken, unknownRegion, userNotFound } from './errors.ts'
import { moveToNearestSigungu, moveToPlace, moveToRegion } from './location.queries.ts'
import {
  findNicknameHolder,
  findOnboardingStatus,
  findPremium,
  findProfile,
  findPublicUser,
  insertConsents,
  listConsents,
  markDeleted,
  updateUser,
} from './queries.ts'
import { checkNickname } from './rules.ts'
import {
  allFeatures,
  type Consent,
  type ConsentDecision,
  type Departure,
  type EditUser,
  type Entitlements,
  type NicknameCheck,
  type OnboardingStatus,
  type OwnSettings,
  type PrivacyZone,
  type ProfileRow,
  type PublicUser,
  type UserLocation,
  type UserProfile,
} from './schema.ts'
import { findSettings, type SettingsRow, updatePrivacyZone, updateSettings } from './settings/queries.ts'
import { completeSettings } from './settings/rules.ts'
import type { EditSettings } from './settings/schema.ts'

/** How long a deleted account can be restored (docs/product.md#leaving). */
export const GRACE_MS = 30 * DAY_MS
/** Whatever ends a session or moves a privacy zone must tell the live rooms concerned. */
type RoomDeps = Pick<Deps, 'db' | 'now' | 'rooms' | 'waitUntil'>

const RENAMING_MS = 7 * DAY_MS
/** A place farther than this from every sigungu's centre is at sea or abroad. */
const SIGUNGU_WITHIN_M = 60_000

/** A profile as it is shown, with the defaults filled into its settings. */
export function presentProfile({ settings, ...profile }: ProfileRow): UserProfile {
  const { notifications, quiet_hours, reminder } = completeSettings(settings)
  return { ...profile, notification_settings: { notifications, quiet_hours, reminder } }
}

export async function getProfile({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<UserProfile> {
  return presentProfile(signedIn(await findProfile(db, actor, now())).profile)
}

export async function editProfile({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, change: EditUser): Promise<UserProfile> {
  if (change.nickname !== undefined && checkNickname(change.nickname) !== 'ok') throw nicknameBanned()
  const at = now()
  const answer = await updateUser(db, actor, { ...change, renamable_before: new Date(at.getTime() - RENAMING_MS) }, at).catch(
    (error: unknown) => {
      throw violatedConstraint(error) === 'users_nickname' ? nicknameTaken({ cause: error }) : error
    },
  )
  const { profile, nickname_chosen_at, is_badge_earned, is_title_unlocked, suspended_until } = signedIn(answer)
  if (change.representative_badge_id) {
    if (is_badge_earned === null) throw badgeNotFound()
    if (!is_badge_earned) throw badgeNotEarned()
  }
  if (change.title_code != null) {
    if (is_title_unlocked === null) throw unknownTitle()
    if (!is_title_unlocked) throw titleLocked()
  }
  if (change.nickname !== undefined && profile.nickname !== change.nickname) {
    refuseSuspended({ suspended_until })
    const chosenAt = new Date(nickname_chosen_at ?? at)
    throw nicknameChangeTooSoon({ extensions: { available_at: new Date(chosenAt.getTime() + RENAMING_MS).toISOString() } })
  }
  return presentProfile(profile)
}

export async function leave(deps: RoomDeps & Pick<Deps, 'pushes' | 'wakeAt'>, actor: Actor): Promise<Departure> {
  const { deleted_at, rooms, told, store_subscriptions } = signedIn(await markDeleted(deps.db, actor, deps.now()))
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  await recheckRooms(deps, rooms)
  return { purge_at: new Date(new Date(deleted_at).getTime() + GRACE_MS).toISOString(), store_subscriptions }
}

export async function getOnboardingStatus({ db }: Pick<Deps, 'db'>, actor: Actor): Promise<OnboardingStatus> {
  return signedIn(await findOnboardingStatus(db, actor))
}

export async function getConsents({ db }: Pick<Deps, 'db'>, actor: Actor): Promise<Consent[]> {
  return signedIn(await listConsents(db, actor)).consents
}

export async function decideConsents(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  actor: Actor,
  decisions: readonly ConsentDecision[],
): Promise<Consent[]> {
  // A withdrawal may name any version, because nothing may stand in its way.
  const unknown = decisions.filter(({ agreed, document, version }) => agreed && !isVersion(document, version))
  if (unknown.length > 0) throw unknownDocumentVersion({ extensions: { documents: unknown.map(({ document }) => document) } })
  return signedIn(await insertConsents(db, actor, decisions, now())).consents
}

export async function judgeNickname({ db }: Pick<Deps, 'db'>, actor: Actor, nickname: string): Promise<NicknameCheck> {
  const { is_taken } = signedIn(await findNicknameHolder(db, actor, nickname))
  const verdict = checkNickname(nickname)
  if (verdict !== 'ok') return { available: false, reason: verdict }
  return is_taken ? { available: false, reason: 'taken' } : { available: true }
}

/** Kakao names the dong. While Kakao cannot be asked, the nearest sigungu is used. */
export async function moveUser(deps: Pick<Deps, 'db' | 'cache' | 'kakaoLocal'>, actor: Actor, to: UserLocation): Promise<Region> {
  const { region } = signedIn(await move(deps, actor, to))
  return found(region, unknownRegion)
}

async function move(deps: Pick<Deps, 'db' | 'cache' | 'kakaoLocal'>, actor: Actor, to: UserLocation) {
  if ('region_code' in to) return moveToRegion(deps.db, actor, to.region_code)
  const place = await findPlace(deps, to)
  if (place === 'unknown') return moveToNearestSigungu(deps.db, actor, to, SIGUNGU_WITHIN_M)
  return place ? moveToPlace(deps.db, actor, place) : moveToRegion(deps.db, actor, null)
}

export async function setPrivacyZone(deps: RoomDeps, actor: Actor, zone: PrivacyZone): Promise<PrivacyZone> {
  const { rooms } = signedIn(await updatePrivacyZone(deps.db, actor, zone, deps.now()))
  await recheckRooms(deps, rooms)
  return zone
}

export async function removePrivacyZone(deps: RoomDeps, actor: Actor): Promise<void> {
  const { rooms } = signedIn(await updatePrivacyZone(deps.db, actor, null, deps.now()))
  await recheckRooms(deps, rooms)
}

export async function getSettings({ db }: Pick<Deps, 'db'>, actor: Actor): Promise<OwnSettings> {
  return presentSettings(signedIn(await findSettings(db, actor)))
}

export async function editSettings({ db }: Pick<Deps, 'db'>, actor: Actor, change: EditSettings): Promise<OwnSettings> {
  return presentSettings(signedIn(await updateSettings(db, actor, change)))
}

function presentSettings({ settings, privacy_zone }: SettingsRow): OwnSettings {
  return { ...completeSettings(settings), privacy_zone }
}

export async function getEntitlements({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<Entitlements> {
  const { premium_until } = signedIn(await findPremium(db, actor, now()))
  const premium = premium_until !== null
  const features = allFeatures.reduce((all, feature) => ({ ...all, [feature]: premium }), {} as Entitlements['features'])
  return { premium, premium_until, features }
}

export async function getPublicUser({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, userId: string): Promise<PublicUser> {
  return found(signedIn(await findPublicUser(db, actor, userId, now())).person, userNotFound)
}
