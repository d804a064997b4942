import { within } from '../../core/deadline.ts'
import type { Deps } from '../../deps.ts'
import { recheckRooms } from '../rooms/recheck/service.ts'
import { noticeNotGenuine, noticeNotStored } from './errors.ts'
import { applyNotice, insertAppleNotice } from './notices.queries.ts'
import { hasIdentity } from './queries.ts'
import type { KakaoNotice, Revocation } from './schema.ts'

/** Kakao waits three seconds for an answer. */
const NOTICE_DEADLINE_MS = 2_500

/** Kakao's reasons when the Kakao account itself is gone, and not only its link to us. */
const KAKAO_DELETIONS: ReadonlySet<string> = new Set(['ACCOUNT_DELETE', 'FORCED_ACCOUNT_DELETE'])
/** Apple's documentation and its samples spell it differently. */
const APPLE_DELETIONS: ReadonlySet<string> = new Set(['account-delete', 'account-deleted'])
const APPLE_ENDINGS: ReadonlySet<string> = new Set(['consent-revoked', ...APPLE_DELETIONS])

/** Whatever ends a session must tell the live rooms that it may be in. */
type RoomDeps = Pick<Deps, 'db' | 'now' | 'rooms' | 'waitUntil'>

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
      occurred_at,
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
