import type { Answer, Arguments, BodyOf, CallOptions, Method, Operation, PathOf, Upload, UploadPath } from './operations.ts'
import { type Fetch, type MakeSocket, platform, type Storage } from './platform.ts'
import { ApiProblem } from './problems.ts'
import { LiveRoom } from './room.ts'
import { Session, type Tokens, type TokenStore } from './session.ts'
import { send } from './transport.ts'
import { type WalkOutcome, WalkQueue } from './walk-queue.ts'

export interface ClientOptions {
  /** Such as `https://api.example.com`. */
  readonly baseUrl: string
  readonly store: TokenStore
  /** The server has ended the session, so the app shows its login. It is told once. */
  readonly onSignedOut?: (problem: ApiProblem) => void
  /** Which build of the app this is, for the ways to pay that it may offer. */
  readonly channel?: 'ios' | 'ios_kr_external' | 'android' | 'web'
  /** Makes UUIDs. React Native has none of its own: give `Crypto.randomUUID` of expo-crypto. */
  readonly newId?: () => string
  readonly timeoutMs?: number
  readonly retries?: number
  readonly fetch?: Fetch
  readonly WebSocket?: MakeSocket
}

type LoginPath = '/auth/kakao' | '/auth/naver' | '/auth/apple'

interface Given extends CallOptions {
  readonly path?: object
  readonly query?: object
  readonly body?: unknown
}

const TIMEOUT_MS = 15_000
/** A photo or a recording over a weak network takes longer. */
const UPLOAD_TIMEOUT_MS = 60_000
const RETRIES = 3
/** The server gives a lost successor again for some seconds only, so this is asked again soon. */
const REFRESHING = { timeoutMs: 4_000, retries: 2 }

/** The API of 멍이랑. Each call answers what the operation answers, and throws `ApiProblem` or `Unreachable`. */
export class Client {
  readonly #options: ClientOptions
  readonly #session: Session
  readonly newId: () => string

  constructor(options: ClientOptions) {
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, '') }
    const newId = options.newId ?? platform.crypto?.randomUUID?.bind(platform.crypto)
    if (!newId) throw new Error('this platform makes no UUIDs; give newId, such as randomUUID of expo-crypto')
    this.newId = newId
    this.#session = new Session({
      store: options.store,
      refresh: (refresh_token) => this.#call('post', '/auth/refresh', { body: { refresh_token }, ...REFRESHING }, null) as Promise<Tokens>,
      onSignedOut: (problem) => options.onSignedOut?.(problem),
    })
  }

  get<P extends PathOf<'get'>>(path: P, ...[options]: Arguments<Operation<'get', P>>): Promise<Answer<'get', P>> {
    return this.#ask('get', path, options)
  }

  post<P extends PathOf<'post'>>(path: P, ...[options]: Arguments<Operation<'post', P>>): Promise<Answer<'post', P>> {
    return this.#ask('post', path, options)
  }

  put<P extends PathOf<'put'>>(path: P, ...[options]: Arguments<Operation<'put', P>>): Promise<Answer<'put', P>> {
    return this.#ask('put', path, options)
  }

  patch<P extends PathOf<'patch'>>(path: P, ...[options]: Arguments<Operation<'patch', P>>): Promise<Answer<'patch', P>> {
    return this.#ask('patch', path, options)
  }

  delete<P extends PathOf<'delete'>>(path: P, ...[options]: Arguments<Operation<'delete', P>>): Promise<Answer<'delete', P>> {
    return this.#ask('delete', path, options)
  }

  /** Uploads a picture. React Native reads the file itself while it is sent. */
  upload<P extends UploadPath>(path: P, { file, fields, ...options }: Upload<P>): Promise<Answer<'post', P>> {
    const form = new platform.FormData()
    for (const [name, value] of Object.entries(fields ?? {})) if (value !== undefined && value !== null) form.append(name, String(value))
    if ('uri' in file) form.append('file', file)
    else form.append('file', file, 'photo')
    return this.#ask('post', path, { timeoutMs: UPLOAD_TIMEOUT_MS, ...options, body: form })
  }

  /** The whole address of a path that the API answers, such as `photo_url`. */
  urlOf(path: string): string {
    return /^https?:/.test(path) ? path : this.#options.baseUrl + path
  }

  async signIn<P extends LoginPath>(path: P, body: BodyOf<'post', P>): Promise<Answer<'post', P>> {
    const login = (await this.#call('post', path, { body }, null)) as Answer<'post', P>
    const { access_token, refresh_token } = login as Tokens
    await this.#session.set({ access_token, refresh_token })
    return login
  }

  /** Signs out on this phone in any case, and tells the server where it can be reached. */
  async signOut(body: BodyOf<'post', '/auth/logout'> = {}): Promise<void> {
    const tokens = await this.#session.tokens()
    await this.#session.set(null)
    if (tokens) await this.#call('post', '/auth/logout', { body }, tokens.access_token).catch(() => {})
  }

  async isSignedIn(): Promise<boolean> {
    return (await this.#session.tokens()) !== null
  }

  /** Enters the live room of an invitation, and stays in it as long as the room allows. */
  enterRoom(invitationId: string): LiveRoom {
    return this.#enter(invitationId, { invitation_id: invitationId })
  }

  /** Enters the live room of a date of a meetup, from half an hour before it starts. */
  enterMeetup(occurrenceId: string): LiveRoom {
    return this.#enter(occurrenceId, { occurrence_id: occurrenceId })
  }

  #enter(id: string, body: BodyOf<'post', '/ws/tickets'>): LiveRoom {
    const { baseUrl, WebSocket = platform.WebSocket } = this.#options
    return new LiveRoom({
      url: `${baseUrl.replace(/^http/, 'ws')}/ws/walk-together/${id}`,
      WebSocket,
      takeTicket: async () => (await this.post('/ws/tickets', { body, retries: 0 })).ticket,
    })
  }

  /** The walks of one person that wait to be sent. `owner` is their id, so that nobody else who signs in on this phone sends them. */
  walkQueue(options: { storage: Storage; owner: string; onOutcome: (outcome: WalkOutcome) => void | Promise<void> }): WalkQueue {
    return new WalkQueue({
      ...options,
      complete: (id, body) => this.post('/walks/{id}/complete', { path: { id }, body, timeoutMs: UPLOAD_TIMEOUT_MS }),
      sync: async (walk) => {
        const { results } = await this.post('/walks/sync', { body: { walks: [walk] }, timeoutMs: UPLOAD_TIMEOUT_MS })
        return results[0]
      },
    })
  }

  // Only the operations' types say what comes.
  async #ask<A>(method: Method, path: string, options: object = {}): Promise<A> {
    // One key for all tries: the second must not create a second thing.
    const given: Given = { idempotencyKey: this.newId(), ...options }
    const tokens = await this.#session.tokens()
    try {
      return (await this.#call(method, path, given, tokens?.access_token ?? null)) as A
    } catch (error) {
      if (!tokens || !(error instanceof ApiProblem) || error.code !== 'unauthenticated') throw error
      const renewed = await this.#session.renew(tokens.access_token)
      if (renewed === null) throw error
      return (await this.#call(method, path, given, renewed)) as A
    }
  }

  #call(method: Method, path: string, options: Given, accessToken: string | null): Promise<unknown> {
    const { body, signal, idempotencyKey, timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS } = options
    const isForm = body !== undefined && body instanceof platform.FormData
    const headers: Record<string, string> = {
      Accept: 'application/json',
      ...(this.#options.channel && { 'X-App-Channel': this.#options.channel }),
      ...(accessToken !== null && { Authorization: `Bearer ${accessToken}` }),
      ...(body !== undefined && !isForm && { 'Content-Type': 'application/json' }),
      ...(method === 'post' && idempotencyKey && { 'Idempotency-Key': idempotencyKey }),
    }
    const content = body === undefined || isForm ? body : JSON.stringify(body)
    const fetch: Fetch = this.#options.fetch ?? ((url, init) => platform.fetch(url, init))
    return send(
      fetch,
      {
        method: method.toUpperCase(),
        url: this.#options.baseUrl + fill(path, options),
        headers,
        ...(content !== undefined && { body: content }),
      },
      { timeoutMs, retries: options.retries ?? this.#options.retries ?? RETRIES, signal },
    )
  }
}

/** The path with its parameters in their places. */
function fill(path: string, { path: parameters = {}, query = {} }: Given): string {
  const values = parameters as Record<string, unknown>
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const pairs = Object.entries(query).flatMap(([name, value]: [string, unknown]) =>
    value === undefined || value === null ? [] : [`${name}=${encodeURIComponent(String(value))}`],
  )
  return pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled
}
