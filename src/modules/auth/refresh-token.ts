import { base64url } from 'jose'
import { deriveHmacKey } from '../../core/derived-key.ts'
import { toHex } from '../../core/hash.ts'

/**
 * Session (16 bytes), generation (4), HMAC-SHA256 over both (32). The MAC reveals a forged token before it costs a trip. A token is a function of its
 * content, so the newest one of a session can be handed out again although only its hash is stored.
 */
interface RefreshToken {
  readonly session_id: string
  readonly counter: number
}

const CONTENT_BYTES = 20
const TOKEN_BYTES = 52
const PURPOSE = 'withbowwow refresh token 1'

export async function signRefreshToken(secret: string, { session_id, counter }: RefreshToken): Promise<string> {
  const token = new Uint8Array(TOKEN_BYTES)
  token.set(Uint8Array.from(session_id.replaceAll('-', '').match(/../g) ?? [], (hex) => Number.parseInt(hex, 16)))
  new DataView(token.buffer).setUint32(16, counter)
  const mac = await crypto.subtle.sign('HMAC', await deriveHmacKey(secret, PURPOSE), token.subarray(0, CONTENT_BYTES))
  token.set(new Uint8Array(mac), CONTENT_BYTES)
  return base64url.encode(token)
}

/** `null` when none of the secrets has signed it. */
export async function readRefreshToken(secrets: readonly string[], token: string): Promise<RefreshToken | null> {
  const bytes = decode(token)
  if (!bytes) return null
  const content = bytes.subarray(0, CONTENT_BYTES)
  for (const secret of secrets) {
    if (await crypto.subtle.verify('HMAC', await deriveHmacKey(secret, PURPOSE), bytes.subarray(CONTENT_BYTES), content)) {
      const hex = toHex(content.subarray(0, 16))
      const session_id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
      return { session_id, counter: new DataView(content.buffer, content.byteOffset).getUint32(16) }
    }
  }
  return null
}

/** Accepts one spelling of a token only, because base64url leaves four bits of the last letter free. */
function decode(token: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]{70}$/.test(token)) return null
  const bytes = new Uint8Array(base64url.decode(token))
  return base64url.encode(bytes) === token ? bytes : null
}
