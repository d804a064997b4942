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

/** The cells of the heat map are people's only where they are many, and they hold no list of anybody's. */
const isHeat = (key: string, at: string): boolean =>
  key === 'cells' && /^(\/map\/heatmap\?|\/openapi\.json\.(paths\.\/map\/heatmap|components\.schemas\.Heatmap)\b)/.test(at)

/** Whom one logs in with stands in one's own profile, and nowhere else. */
const OWN_LOGIN = [
  /^(\/users\/me(\?.*)?|\/auth\/(kakao|naver|apple)(\?.*)?\.user)\.linked_accounts\[\d+\]$/,
  /^\/openapi\.json\.paths\.\/(users\/me|auth\/(kakao|naver|apple))\..*\.linked_accounts\[\d+\]$/,
  /^\/openapi\.json\.components\.schemas\.LinkedAccount\.properties$/,
]
const isOwnLogin = (key: string, at: string): boolean => key === 'provider' && OWN_LOGIN.some((where) => where.test(at))

/** Fails with the path of the first forbidden key in an answer. */
export function assertNothingForbidden(json: unknown, at: string): void {
  if (Array.isArray(json)) return json.forEach((item, index) => assertNothingForbidden(item, `${at}[${index}]`))
  if (json === null || typeof json !== 'object') return
  for (const [key, value] of Object.entries(json)) {
    if (FORBIDDEN.has(key) && !isHeat(key, at) && !isOwnLogin(key, at)) throw new Error(`${at} carries the forbidden key ${key}`)
    assertNothingForbidden(value, `${at}.${key}`)
  }
}
