// The session of whoever uses the page, and its calls to the API.

/** A refusal of the API: a problem with a stable code and a sentence for the person. Status 0: nothing answered. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? '서버가 대답하지 않아요. 잠시 뒤에 다시 시도해 주세요.')
    this.status = status
    this.code = problem?.code
    this.problem = problem ?? {}
  }
}

const TOKENS = 'admin.tokens'
const LOGIN = 'admin.login'
const PAGE = '/admin'

const recall = (key) => JSON.parse(sessionStorage.getItem(key) ?? 'null')
const keep = (key, value) => (value === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, JSON.stringify(value)))

/** They live as long as this tab. */
let tokens = recall(TOKENS)
let renewal = null
let onEnd = () => {}

function become(given) {
  tokens = given
  keep(TOKENS, given)
}

export const isLoggedIn = () => tokens !== null

/** `listener()` is called when the server has ended the session. */
export function whenEnded(listener) {
  onEnd = listener
}

async function send(method, path, { body, token, headers } = {}) {
  const response = await fetch(path, {
    method,
    headers: {
      Accept: 'application/json',
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => null)
  const text = await response?.text().catch(() => null)
  if (!response || typeof text !== 'string') throw new Refused(0)
  const answer = parse(text)
  if (!response.ok) throw new Refused(response.status, answer)
  return answer
}

/** The text may not be JSON, because something between here and the Worker may have failed. */
function parse(text) {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** Asks the API as the admin who is logged in. Tokens are renewed once when the access token is over. */
export async function call(method, path, body) {
  const used = tokens?.access_token
  try {
    return await send(method, path, { body, token: used })
  } catch (error) {
    if (error.code !== 'unauthenticated') throw error
    await renew(used)
    return send(method, path, { body, token: tokens?.access_token })
  }
}

/** One renewal for all calls that wait for it, because a refresh token works once. */
function renew(used) {
  if (tokens && tokens.access_token !== used) return undefined
  renewal ??= spend().finally(() => (renewal = null))
  return renewal
}

async function spend() {
  try {
    if (!tokens) throw new Refused(401, { code: 'invalid_refresh_token', detail: '다시 로그인해 주세요.' })
    const { access_token, refresh_token } = await send('POST', '/auth/refresh', { body: { refresh_token: tokens.refresh_token } })
    become({ access_token, refresh_token })
  } catch (error) {
    if (error.status !== 401) throw error
    become(null)
    onEnd()
    throw error
  }
}

/** Goes to Kakao, which sends the browser back here. The page remembers what it asked, so that nobody can slip it a login of theirs. */
export function beginLogin() {
  const state = crypto.randomUUID()
  keep(LOGIN, { state, hash: location.hash })
  location.assign(`${PAGE}/login?state=${state}`)
}

/** Ends a login that Kakao has sent back. Answers a sentence if it failed. */
export async function finishLogin() {
  const back = new URLSearchParams(location.search)
  if (!back.has('code') && !back.has('error')) return null
  const asked = recall(LOGIN)
  keep(LOGIN, null)
  // The code must not stay in the address, nor in the history.
  history.replaceState(null, '', `${PAGE}${asked?.hash ?? ''}`)
  if (!asked || back.get('state') !== asked.state) return '이 창에서 시작한 로그인이 아니에요. 여기에서 다시 로그인해 주세요.'
  if (back.has('error')) return '로그인을 취소했어요.'
  const body = { code: back.get('code'), redirect_uri: `${location.origin}${PAGE}`, device: { name: '운영 페이지', platform: 'web' } }
  try {
    // The same request gets the same session again when the answer was lost.
    const login = () => send('POST', '/auth/kakao', { body })
    const { access_token, refresh_token } = await login().catch((error) => (error.status === 0 ? login() : Promise.reject(error)))
    become({ access_token, refresh_token })
    return null
  } catch (error) {
    return error.message
  }
}

/** Ends the session here in any case, and on the server if it answers. */
export async function logOut() {
  const token = tokens?.access_token
  const ending = call('POST', '/auth/logout', {}).catch(() => {})
  if (token) await ending
  become(null)
}
