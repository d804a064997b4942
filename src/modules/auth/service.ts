import { signedIn, type Actor } from '../../core/actor.ts'
import { ACCESS_TOKEN_SECONDS } from '../../core/access-token.ts'
import { within } from '../../core/deadline.ts'
import { found } from '../../core/errors.ts'
import { sha256Hex } from '../../core/hash.ts'
import { DAY_MS } from '../../core/time.ts'
import { violatedConstraint } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { SocialIdentity } from '../../vendors/social.ts'
import { generateNickname } from '../users/rules.ts'
import { GRACE_MS, presentProfile } from '../users/service.ts'
import { recheckRooms } from '../rooms/recheck/service.ts'
import { invalidRefreshToken, noticeNotGenuine, noticeNotStored, refreshTokenReused, sessionNotFound } from './errors.ts'
import { applyNotice, insertAppleNotice } from './notices.queries.ts'
import { hasIdentity, insertLogin, rotateSession } from './queries.ts'
import { readRefreshToken, signRefreshToken } from './refresh-token.ts'
import type {
  Device,
  KakaoNotice,
  Login,
  LogInWithApple,
  LogInWithKakao,
  LogInWithNaver,
  Logout,
  Revocation,
  Session,
  Tokens,
} from './schema.ts'
import { endOtherSessions, endSession, endSessionById, listSessions } from './sessions.queries.ts'

/** docs/product.md#sessions */
const REFRESH_TOKEN_MS = 7 * DAY_MS
const SESSION_MAX_MS = 180 * DAY_MS
const REPEAT_GRACE_MS = 10_000

const NICKNAME_TRIES = 5
/** Kakao waits three seconds for an answer. */
const NOTICE_DEADLINE_MS = 2_500

/** Kakao's reasons when the Kakao account itself is gone, and not only its link to us. */
const KAKAO_DELETIONS: ReadonlySet<string> = new Set(['ACCOUNT_DELETE', 'FORCED_ACCOUNT_DELETE'])
/** Apple's documentation and its samples spell it differently. */
const APPLE_DELETIONS: ReadonlySet<string> = new Set(['account-delete', 'account-deleted'])
const APPLE_ENDINGS: ReadonlySet<string> = new Set(['consent-revoked', ...APPLE_DELETIONS])

/** Whatever ends a session must tell the live rooms that it may be in. */
type RoomDeps = Pick<Deps, 'db' | 'now' | 'rooms' | 'waitUntil'>
type LoginDeps = Pick<Deps, 'db' | 'now' | 'accessTokens' | 'refreshKeys' | 'vault'>

export async function logInWithKakao(deps: LoginDeps & Pick<Deps, 'kakao'>, { device, ...credentials }: LogInWithKakao): Promise<Login> {
  return logIn(deps, await deps.kakao.identify(credentials), device)
}

export async function logInWithNaver(deps: LoginDeps & Pick<Deps, 'naver'>, { device, ...credentials }: LogInWithNaver): Promise<Login> {
  return logIn(deps, await deps.naver.identify(credentials), device)
}

export async function logInWithApple(deps: LoginDeps & Pick<Deps, 'apple'>, { device, ...credentials }: LogInWithApple): Promise<Login> {
  return logIn(deps, await deps.apple.identify(credentials), device)
}

async function logIn(deps: LoginDeps, identity: SocialIdentity, device: Device = {}): Promise<Login> {
  const session_id = crypto.randomUUID()
  const refresh_token = await signRefreshToken(deps.refreshKeys[0], { session_id, counter: 1 })
  const vendor_token = identity.vendor_token && (await deps.vault.seal(identity.vendor_token))
  const now = deps.now()
  const login = {
    identity: { ...identity, vendor_token },
    device,
    session_id,
    token_hash: await sha256Hex(refresh_token),
    expires_at: new Date(now.getTime() + REFRESH_TOKEN_MS),
    restorable_after: new Date(now.getTime() - GRACE_MS),
    now,
  }
  const account = await withFreeNickname((nickname) => insertLogin(deps.db, { ...login, newcomer: { id: crypto.randomUUID(), nickname } }))
  if (!account) throw new Error('a login left no account behind')
  const { user_id, user, ...answer } = account
  return { ...(await toTokens(deps, { user_id, session_id }, refresh_token)), ...answer, user: presentProfile(user) }
}

/** Only a new account takes a nickname, so only then can it be taken already. */
async function withFreeNickname<T>(attempt: (nickname: string) => Promise<T>): Promise<T> {
  for (let left = NICKNAME_TRIES; ; left--) {
    try {
      return await attempt(generateNickname())
    } catch (error) {
      if (left <= 1 || violatedConstraint(error) !== 'users_nickname') throw error
    }
  }
}

async function toTokens({ accessTokens }: Pick<Deps, 'accessTokens'>, actor: Actor, refresh_token: string): Promise<Tokens> {
  return { access_token: await accessTokens.issue(actor), refresh_token, token_type: 'Bearer', expires_in: ACCESS_TOKEN_SECONDS }
}

/**
 * Exchanges a refresh token for the next one. Within ten seconds (two requests at once, or a lost answer) the same token gives the same next one. Later
 * somebody else may hold it, so the session ends.
 */
export async function refreshTokens(deps: RoomDeps & Pick<Deps, 'accessTokens' | 'refreshKeys'>, presented: string): Promise<Tokens> {
  const { db, now: clock, accessTokens, refreshKeys } = deps
  const read = await readRefreshToken(refreshKeys, presented)
  if (!read) throw invalidRefreshToken()
  const { session_id, counter } = read
  const successor = { session_id, counter: counter + 1 }
  const next = await signRefreshToken(refreshKeys[0], successor)
  const now = clock()
  const answer = await rotateSession(db, {
    session_id,
    counter,
    token_hash: await sha256Hex(presented),
    next_hash: await sha256Hex(next),
    repeatable_since: new Date(now.getTime() - REPEAT_GRACE_MS),
    expires_at: new Date(now.getTime() + REFRESH_TOKEN_MS),
    born_after: new Date(now.getTime() - SESSION_MAX_MS),
    now,
  })
  if (answer?.verdict === 'reuse') {
    console.warn(JSON.stringify({ level: 'warn', message: 'refresh token reused', session_id, user_id: answer.user_id }))
    await recheckRooms(deps, answer.rooms)
    throw refreshTokenReused()
  }
  if (answer?.verdict === 'rotate') return toTokens({ accessTokens }, { user_id: answer.user_id, session_id }, next)
  if (answer?.verdict !== 'repeat') throw invalidRefreshToken()
  // The keys may have been rotated since the newest token was first given out, so each key is tried.
  for (const key of refreshKeys) {
    const given = await signRefreshToken(key, successor)
    if ((await sha256Hex(given)) === answer.token_hash) return toTokens({ accessTokens }, { user_id: answer.user_id, session_id }, given)
  }
  throw invalidRefreshToken()
}

export async function logOut(deps: RoomDeps, actor: Actor, { push_token }: Logout): Promise<void> {
  const { rooms } = signedIn(await endSession(deps.db, actor, { push_token: push_token ?? null, now: deps.now() }))
  await recheckRooms(deps, rooms)
}

export async function listDevices({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<{ items: Session[]; next_cursor: null }> {
  return { ...signedIn(await listSessions(db, actor, now())), next_cursor: null }
}

export async function logOutElsewhere(deps: RoomDeps, actor: Actor): Promise<void> {
  const { rooms } = signedIn(await endOtherSessions(deps.db, actor, deps.now()))
  await recheckRooms(deps, rooms)
}

export async function logOutDevice(deps: RoomDeps, actor: Actor, session_id: string): Promise<void> {
  const { is_theirs, rooms } = signedIn(await endSessionById(deps.db, actor, { session_id, now: deps.now() }))
  found(is_theirs || null, sessionNotFound)
  await recheckRooms(deps, rooms)
}

/** Apple's notice that somebody withdrew their consent, or that their Apple account is gone. Other notices are only recorded. */
export async function takeAppleNotice(deps: RoomDeps & Pick<Deps, 'apple'>, payload: string): Promise<void> {
  const notice = await deps.apple.readNotice(payload)
  if (!notice) throw noticeNotGenuine()
  const { notice_id, type, provider_id, occurred_at } = notice
  const now = deps.now()
  const ending = provider_id !== null &&
    APPLE_ENDINGS.has(type) && {
      provider: 'apple' as const,
      provider_id,
      reason: type,
      is_deletion: APPLE_DELETIONS.has(type),
      occurred_at: occurred_at ?? now,
      now,
    }
  await store(deps, () => insertAppleNotice(deps.db, { notice_id, now, notice: ending || null }))
}

/**
 * Kakao's notice that somebody ended the link in Kakao. They are logged out. Their account here is deleted only when the Kakao account itself is gone.
 * Kakao does not send a notice twice, and expects 200 also for people whom we do not know.
 */
export async function takeKakaoNotice(
  deps: RoomDeps & Pick<Deps, 'kakao'>,
  authorization: string | undefined,
  { app_id, user_id, referrer_type = 'UNLINK' }: KakaoNotice,
): Promise<void> {
  if (!(await deps.kakao.isGenuineNotice({ authorization, app_id }))) throw noticeNotGenuine()
  if (user_id === undefined) return
  const now = deps.now()
  const notice = { provider: 'kakao' as const, provider_id: user_id, occurred_at: now, now }
  const is_deletion = KAKAO_DELETIONS.has(referrer_type)
  await store(deps, () => applyNotice(deps.db, { ...notice, is_deletion, reason: referrer_type.toLowerCase() }))
}

/** Stores a notice and tells the live rooms. It tries twice, and goes on after the deadline by which the provider must have its answer. */
async function store(deps: RoomDeps, write: () => Promise<string[]>): Promise<void> {
  const stored = write().catch(write)
  deps.waitUntil(
    stored
      .then((rooms) => recheckRooms(deps, rooms))
      .catch(() => console.error(JSON.stringify({ level: 'error', message: "a provider's notice could not be stored" }))),
  )
  try {
    await within(NOTICE_DEADLINE_MS, stored)
  } catch (cause) {
    throw noticeNotStored({ cause })
  }
}

/** Ends the link of a purged account at its provider, unless the person has signed up again since. */
export async function revokeAtProvider(
  deps: Pick<Deps, 'db' | 'vault' | 'kakao' | 'naver' | 'apple'>,
  revocation: Revocation,
): Promise<void> {
  if (await hasIdentity(deps.db, revocation)) return
  const { provider, provider_id, vendor_client_id } = revocation
  const vendor_token = revocation.vendor_token && (await deps.vault.open(revocation.vendor_token))
  if (revocation.vendor_token && !vendor_token) throw new Error(`the ${provider} token was sealed with a key we no longer have`)
  await deps[provider].revoke({ provider_id, vendor_token, vendor_client_id })
}
