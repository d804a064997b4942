import { accountBanned, signedIn, type Actor } from '../../core/actor.ts'
import { ACCESS_TOKEN_SECONDS } from '../../core/access-token.ts'
import { AppError, found } from '../../core/errors.ts'
import { sha256Hex } from '../../core/hash.ts'
import { hashRequest } from '../../core/idempotency.ts'
import { DAY_MS } from '../../core/time.ts'
import { violatedConstraint } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { Provider, SocialIdentity } from '../../vendors/social.ts'
import { keys } from '../../redis/keys.ts'
import { generateNickname } from '../users/rules.ts'
import { GRACE_MS, presentProfile } from '../users/service.ts'
import { recheckRooms } from '../rooms/recheck/service.ts'
import { identityTokenUsed, invalidRefreshToken, refreshTokenReused, sessionNotFound, socialLoginRejected } from './errors.ts'
import { type Account, findRepeatedLogin, insertLogin, rotateSession } from './queries.ts'
import { readRefreshToken, signRefreshToken } from './refresh-token.ts'
import {
  type Login,
  type LogInWithApple,
  type LogInWithKakao,
  type LogInWithNaver,
  type Logout,
  onceOnly,
  type Session,
  type Tokens,
} from './schema.ts'
import { endOtherSessions, endSession, endSessionById, listSessions } from './sessions.queries.ts'

/** docs/product.md#sessions */
const REFRESH_TOKEN_MS = 7 * DAY_MS
const SESSION_MAX_MS = 180 * DAY_MS
/** How long somebody who is banned may log in, to take their data with them and to appeal (docs/product.md#moderation). */
const BANNED_LOGIN_MS = 30 * DAY_MS
/** A request whose answer was lost may be sent again for this long. Android's HTTP client waits ten seconds before it gives up. */
const REPEAT_GRACE_MS = 60_000

const NICKNAME_TRIES = 5

/** Whatever ends a session must tell the live rooms that it may be in. */
type RoomDeps = Pick<Deps, 'db' | 'now' | 'rooms' | 'waitUntil'>
type LoginDeps = RoomDeps & Pick<Deps, 'accessTokens' | 'refreshKeys' | 'vault' | 'keyedIds' | 'cache'>

export async function logInWithKakao(deps: LoginDeps & Pick<Deps, 'kakao'>, input: LogInWithKakao): Promise<Login> {
  return logIn(deps, 'kakao', input, () => deps.kakao.identify(input))
}

export async function logInWithNaver(deps: LoginDeps & Pick<Deps, 'naver'>, input: LogInWithNaver): Promise<Login> {
  return logIn(deps, 'naver', input, () => deps.naver.identify(input))
}

export async function logInWithApple(deps: LoginDeps & Pick<Deps, 'apple'>, input: LogInWithApple): Promise<Login> {
  return logIn(deps, 'apple', input, () => deps.apple.identify(input))
}

/**
 * A code or an identity token has one session, whose id follows from it. The session's row is therefore the record that it was used. The very same request
 * soon afterwards, whose answer was lost, gets the same session again.
 */
async function logIn(
  deps: LoginDeps,
  provider: Provider,
  input: LogInWithKakao | LogInWithNaver | LogInWithApple,
  identify: () => Promise<SocialIdentity>,
): Promise<Login> {
  const grant = onceOnly(input)
  const session_id = grant === null ? crypto.randomUUID() : await deps.keyedIds.of({ user_id: provider, route: 'login', key: grant })
  const refresh_token = await signRefreshToken(deps.refreshKeys[0], { session_id, counter: 1 })
  const now = deps.now()
  const session = {
    session_id,
    request_hash: await hashRequest(input),
    token_hash: await sha256Hex(refresh_token),
    repeatable_since: new Date(now.getTime() - REPEAT_GRACE_MS),
    now,
  }
  let identity: SocialIdentity
  try {
    identity = await identify()
  } catch (error) {
    if (!hasCode(input) || !isRejection(error)) throw error
    // The provider may have seen the code before. So have we, if its answer, or ours, was lost.
    const repeated = await findRepeatedLogin(deps.db, session)
    if (repeated) return present(deps, session_id, refresh_token, repeated)
    const redeemed = await recallIdentity(deps, session)
    if (!redeemed) throw error
    identity = redeemed
  }
  const login = {
    ...session,
    device: input.device ?? {},
    identity: { ...identity, vendor_token: identity.vendor_token && (await deps.vault.seal(identity.vendor_token)) },
    expires_at: new Date(now.getTime() + REFRESH_TOKEN_MS),
    restorable_after: new Date(now.getTime() - GRACE_MS),
    admitted_after: new Date(now.getTime() - BANNED_LOGIN_MS),
  }
  const account = await withFreeNickname((nickname) =>
    insertLogin(deps.db, { ...login, newcomer: { id: crypto.randomUUID(), nickname } }),
  ).catch(async (error: unknown) => {
    if (hasCode(input)) await rememberIdentity(deps, session, identity)
    throw error
  })
  if (!account) throw new Error('a login left no account behind')
  const { verdict, rooms, ...answer } = account
  if (verdict === 'banned') throw accountBanned()
  if (verdict === 'used') throw identityTokenUsed()
  await recheckRooms(deps, rooms)
  return present(deps, session_id, refresh_token, answer)
}

interface LoginRequest {
  readonly session_id: string
  readonly request_hash: string
}

/** Keeps what a provider said of a code, for the same request again, because the provider does not take the code twice. */
async function rememberIdentity(
  { cache, vault }: Pick<Deps, 'cache' | 'vault'>,
  { session_id, request_hash }: LoginRequest,
  identity: SocialIdentity,
): Promise<void> {
  await cache.set(keys.redeemedGrant(session_id, request_hash), await vault.seal(JSON.stringify(identity)))
}

async function recallIdentity(
  { cache, vault }: Pick<Deps, 'cache' | 'vault'>,
  { session_id, request_hash }: LoginRequest,
): Promise<SocialIdentity | null> {
  const sealed = await cache.get(keys.redeemedGrant(session_id, request_hash).key)
  const opened = typeof sealed === 'string' ? await vault.open(sealed) : null
  return opened === null ? null : (JSON.parse(opened) as SocialIdentity)
}

const hasCode = (input: object): boolean => 'code' in input || ('authorization_code' in input && input.authorization_code !== undefined)
const isRejection = (error: unknown): boolean => error instanceof AppError && error.definition === socialLoginRejected.definition

async function present(
  deps: Pick<Deps, 'accessTokens'>,
  session_id: string,
  refresh_token: string,
  { user_id, user, is_new_user, is_restored, is_banned }: Account,
): Promise<Login> {
  return {
    ...(await toTokens(deps, { user_id, session_id, is_banned }, refresh_token)),
    is_new_user,
    is_restored,
    user: presentProfile(user),
  }
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
 * Exchanges a refresh token for the next one. Within a minute (two requests at once, or a lost answer) the same token gives the same next one, as long
 * as that was not used itself. Otherwise somebody else may hold it, so the session ends.
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
    admitted_after: new Date(now.getTime() - BANNED_LOGIN_MS),
    now,
  })
  if (answer?.verdict === 'reuse') {
    console.warn(JSON.stringify({ level: 'warn', message: 'refresh token reused', session_id, user_id: answer.user_id }))
    await recheckRooms(deps, answer.rooms)
    throw refreshTokenReused()
  }
  if (answer?.verdict !== 'rotate' && answer?.verdict !== 'repeat') throw invalidRefreshToken()
  const actor = { user_id: answer.user_id, session_id, is_banned: answer.is_banned }
  if (answer.verdict === 'rotate') return toTokens({ accessTokens }, actor, next)
  // The keys may have been rotated since the newest token was first given out, so each key is tried.
  for (const key of refreshKeys) {
    const given = await signRefreshToken(key, successor)
    if ((await sha256Hex(given)) === answer.token_hash) return toTokens({ accessTokens }, actor, given)
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
