/** Keys that no answer may carry, whoever asks: identities at providers, secrets at rest, bookkeeping. */
const FORBIDDEN = new Set([
  'email',
  'provider',
  'provider_id',
  'vendor_token',
  'token_hash',
  'request_hash',
  'track_key',
  'trace',
  'cells',
  'richness',
  'alike',
  'is_compared',
  'measured_version',
  'is_beyond_doubt',
  'claimed',
  'role',
  'stack',
])

/** Fails with the path of the first forbidden key in an answer. */
export function assertNothingForbidden(json: unknown, at: string): void {
  if (Array.isArray(json)) return json.forEach((item, index) => assertNothingForbidden(item, `${at}[${index}]`))
  if (json === null || typeof json !== 'object') return
  for (const [key, value] of Object.entries(json)) {
    if (FORBIDDEN.has(key)) throw new Error(`${at} carries the forbidden key ${key}`)
    assertNothingForbidden(value, `${at}.${key}`)
  }
}
