/**
 * What this package needs of its surroundings, and no more: React Native, browsers and Node all have it. Methods are used in place of function types, because
 * they let each platform's own, narrower types fit.
 */

export interface HttpAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

export type Fetch = { call(url: string, init?: object): Promise<HttpAnswer> }['call']

export interface Socket {
  readonly readyState: number
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: string, listener: (event: object) => void): void
}

export type MakeSocket = new (url: string, protocols: string[]) => Socket

/** An `AbortSignal` of any platform. */
export interface Signal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** AsyncStorage of React Native fits, and so does `localStorage` behind promises. */
export interface Storage {
  getItem(key: string): Promise<string | null>
  setItem(key: string, value: string): Promise<unknown>
  removeItem(key: string): Promise<unknown>
}

export type Timer = unknown

interface Globals {
  readonly fetch: Fetch
  readonly WebSocket: MakeSocket
  readonly FormData: new () => { append(name: string, value: unknown, fileName?: string): void }
  readonly AbortController: new () => { readonly signal: Signal; abort(): void }
  readonly setTimeout: (run: () => void, ms: number) => Timer
  readonly clearTimeout: (timer: Timer) => void
  readonly crypto?: { randomUUID?(): string }
}

/** Read when it is used, because an app may fill gaps of its platform after this module was loaded. */
export const platform = globalThis as unknown as Globals

export function setTimer(run: () => void, ms: number): Timer {
  return platform.setTimeout(run, ms)
}

export function clearTimer(timer: Timer): void {
  if (timer !== null && timer !== undefined) platform.clearTimeout(timer)
}

/** Resolves after `ms`, or rejects as soon as the caller gives up. */
export function sleep(ms: number, signal?: Signal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimer(timer)
      reject(new Error('the caller gave up'))
    }
    const timer = setTimer(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
  })
}
