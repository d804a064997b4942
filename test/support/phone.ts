import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { Client, type ClientOptions, type Storage, type Tokens } from '../../client/src/index.ts'
import { createApi } from './api.ts'
import { testEnv } from './env.ts'

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: unknown
}

/** What the network does with a request. `pass` hands it to the API. */
export type Network = (sent: Sent, pass: () => Promise<Response>) => Promise<Response>

const ORIGIN = 'http://api.test'
const { app } = createApi()

/** A phone's storage. It outlives the app. */
export function createStorage(): Storage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>()
  return {
    items,
    getItem: async (key) => items.get(key) ?? null,
    setItem: async (key, value) => void items.set(key, value),
    removeItem: async (key) => void items.delete(key),
  }
}

interface Signed {
  readonly access_token: string
  readonly refresh_token: string
}

/** The app on a phone: the client over the real API, with a network that can fail. */
export function createPhone(tokens: Signed | null, more: Partial<ClientOptions> = {}) {
  const phone = {
    tokens: tokens && { access_token: tokens.access_token, refresh_token: tokens.refresh_token },
    sent: [] as Sent[],
    signedOut: [] as string[],
    network: ((_, pass) => pass()) as Network,
    sockets: [] as PhoneSocket[],
    /** What was sent to a path. */
    sentTo: (path: string) => phone.sent.filter((one) => one.path === path),
    client: null as unknown as Client,
  }
  phone.client = new Client({
    baseUrl: `${ORIGIN}/`,
    store: {
      get: async () => phone.tokens,
      set: async (given: Tokens | null) => {
        phone.tokens = given && { ...given }
      },
    },
    onSignedOut: ({ code }) => phone.signedOut.push(code),
    fetch: async (url, init) => {
      const { method, headers, body } = init as { method: string; headers: Record<string, string>; body?: BodyInit }
      const path = url.replace(ORIGIN, '')
      const sent = { method, path, headers, body: typeof body === 'string' ? JSON.parse(body) : body }
      phone.sent.push(sent)
      return phone.network(sent, async () => {
        const ctx = createExecutionContext()
        const answer = await app.request(path, { method, headers, ...(body !== undefined && { body }) }, testEnv, ctx)
        // The body is read here, because a test may throw the answer away.
        const bytes = await answer.arrayBuffer()
        await waitOnExecutionContext(ctx)
        return new Response([101, 204, 205, 304].includes(answer.status) ? null : bytes, answer)
      })
    },
    WebSocket: class extends PhoneSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols)
        phone.sockets.push(this)
      }
    },
    ...more,
  })
  return phone
}

export type Phone = ReturnType<typeof createPhone>

/** A WebSocket of the platform, which here leads into the app without a network. */
class PhoneSocket {
  readyState = 0
  readonly #listeners: [type: string, listener: (event: object) => void][] = []
  #socket: WebSocket | null = null

  constructor(url: string, protocols: string[]) {
    void this.#open(url.replace(/^ws:\/\/[^/]+/, ''), protocols)
  }

  async #open(path: string, protocols: string[]): Promise<void> {
    const headers = { Upgrade: 'websocket', 'Sec-WebSocket-Protocol': protocols.join(', ') }
    const { webSocket } = await app.request(path, { headers }, testEnv, createExecutionContext())
    if (!webSocket || this.readyState === 3) return this.#close(1006)
    this.#socket = webSocket
    this.readyState = 1
    webSocket.addEventListener('message', ({ data }) => this.#tell('message', { data }))
    webSocket.addEventListener('close', ({ code }) => this.#close(code))
    webSocket.accept()
    this.#tell('open', {})
  }

  addEventListener(type: string, listener: (event: object) => void): void {
    this.#listeners.push([type, listener])
  }

  send(data: string): void {
    this.#socket?.send(data)
  }

  close(code?: number): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#socket?.close(code)
  }

  /** The network breaks: the phone hears of it, and the room too. */
  cut(): void {
    this.#socket?.close(3001)
    this.#socket = null
    this.#close(1006)
  }

  /** Nothing goes through any more, and nobody hears of it. */
  freeze(): void {
    this.#listeners.length = 0
    this.send = () => {}
  }

  #close(code: number): void {
    if (this.#socket === null && this.readyState === 3) return
    this.#socket = null
    this.readyState = 3
    this.#tell('close', { code })
  }

  #tell(type: string, event: object): void {
    for (const [of, listener] of this.#listeners) if (of === type) listener(event)
  }
}
