/** A refusal of the Worker: a problem with a stable code and a sentence for the person. Status 0: nothing answered. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.error ?? `HTTP ${status}`)
    this.status = status
    this.code = problem?.code
    this.fields = problem?.errors ?? []
  }
}

let tell = () => {}

/** `listener(entry)` hears of each request twice: when it is sent, and with the same entry when it is answered. */
export function watchRequests(listener) {
  tell = listener
}

/** `key` is the owner who asks. What is `isQuiet` nobody has pressed a button for. */
export async function request(method, path, { token, body, key, isQuiet = false } = {}) {
  const entry = { kind: 'http', key, method, path, token, body, isQuiet, at: Date.now(), status: null, ms: null, answer: null }
  const began = performance.now()
  const end = (status, answer) => {
    tell(Object.assign(entry, { status, answer, ms: Math.round(performance.now() - began) }))
    return answer
  }
  tell(entry)
  const isForm = body instanceof FormData
  const response = await fetch(path, {
    method,
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && !isForm && { 'Content-Type': 'application/json' }) },
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
  }).catch(() => null)
  if (!response) {
    end(0, null)
    throw new Refused(0, { detail: '서버가 대답하지 않아요. npm run dev가 켜져 있나요?' })
  }
  const answer = end(response.status, parse(await response.text()))
  if (!response.ok) throw new Refused(response.status, answer)
  return answer
}

/** The text may not be JSON, because something between here and the Worker may have failed. */
function parse(text) {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return text
  }
}

/** One owner's tokens. They are renewed when the Worker says that the access token is over, once for all requests that wait for it. */
export class Session {
  #key
  #onChange
  #renewal = null
  #underWay = new Set()
  tokens

  /** `onChange(tokens)` is called with new tokens, and with null when the session is over. */
  constructor(key, tokens, onChange) {
    Object.assign(this, { tokens })
    this.#key = key
    this.#onChange = onChange
  }

  async call(...args) {
    const answer = this.#call(...args)
    this.#underWay.add(answer)
    try {
      return await answer
    } finally {
      this.#underWay.delete(answer)
    }
  }

  /** Waits for what is asked at this moment. Whoever logs out does so first, or its answer would be a 401. */
  async settled() {
    await Promise.allSettled(this.#underWay)
  }

  async #call(method, path, body, isQuiet = false) {
    const used = this.tokens?.access_token
    const ask = () => request(method, path, { token: this.tokens?.access_token, body, key: this.#key, isQuiet })
    try {
      return await ask()
    } catch (error) {
      if (error.status !== 401 || !this.tokens) throw error
      await this.#renew(used)
      return ask()
    }
  }

  #renew(used) {
    if (this.tokens.access_token !== used) return undefined
    this.#renewal ??= this.#spend().finally(() => (this.#renewal = null))
    return this.#renewal
  }

  async #spend() {
    try {
      const body = { refresh_token: this.tokens.refresh_token }
      const { access_token, refresh_token } = await request('POST', '/auth/refresh', { body, key: this.#key })
      this.become({ access_token, refresh_token })
    } catch (error) {
      if (error.status === 401) this.become(null)
      throw error
    }
  }

  become(tokens) {
    this.tokens = tokens
    this.#onChange(tokens)
  }
}
