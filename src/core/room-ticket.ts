import { base64url, jwtVerify, SignJWT } from 'jose'
import type { Actor } from './actor.ts'
import { deriveHmacKey } from './derived-key.ts'

const PURPOSE = 'live room ticket'
const TYPE = 'room-ticket+jwt'
export const ROOM_TICKET_SECONDS = 30
/** Our tickets are shorter, so that they fit into a room's longest message. */
const LENGTH_MAX = 480

/** A person who asks to enter a live room. `ticket_id` names the ticket, which works once. An access token has none. */
export interface Entrant extends Actor {
  readonly ticket_id: string | null
}

/** A ticket opens one live room to one session, once. The room checks that it is used once, because it can be used nowhere else. */
export interface RoomTickets {
  issue(actor: Actor, roomId: string): Promise<string>
  /** `null` for anything that is not a live ticket of ours to that room. */
  verify(ticket: string, roomId: string): Promise<Entrant | null>
}

/** `keys`: current first, then the previous one while rotating. */
export function createRoomTickets({ keys, now }: { keys: readonly [string, ...string[]]; now: () => Date }): RoomTickets {
  return {
    async issue({ user_id, session_id }, roomId) {
      const issuedAt = Math.floor(now().getTime() / 1_000)
      return new SignJWT({ sid: session_id })
        .setProtectedHeader({ alg: 'HS256', typ: TYPE })
        .setSubject(user_id)
        .setAudience(roomId)
        .setJti(base64url.encode(crypto.getRandomValues(new Uint8Array(16))))
        .setExpirationTime(issuedAt + ROOM_TICKET_SECONDS)
        .sign(await deriveHmacKey(keys[0], PURPOSE))
    },

    async verify(ticket, roomId) {
      if (ticket.length > LENGTH_MAX) return null
      for (const secret of keys) {
        try {
          const { payload } = await jwtVerify(ticket, await deriveHmacKey(secret, PURPOSE), {
            algorithms: ['HS256'],
            typ: TYPE,
            audience: roomId,
            requiredClaims: ['exp', 'sub', 'jti'],
            currentDate: now(),
          })
          const { sub, sid, jti } = payload
          return sub && jti && typeof sid === 'string' ? { user_id: sub, session_id: sid, ticket_id: jti } : null
        } catch {
          // It may have been signed with the previous key.
        }
      }
      return null
    },
  }
}
