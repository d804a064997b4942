import type { Answer, BodyOf } from './operations.ts'
import { clearTimer, setTimer, type Storage, type Timer } from './platform.ts'
import { ApiProblem, isPassing, type Problem } from './problems.ts'

export type CompletionBody = BodyOf<'post', '/walks/{id}/complete'>
export type WholeWalk = BodyOf<'post', '/walks/sync'>['walks'][number] & { readonly id: string }
export type Completion = Answer<'post', '/walks/{id}/complete'>
type SyncResult = Answer<'post', '/walks/sync'>['results'][number]
type Refusal = Pick<Problem, 'code' | 'detail'>

/** What became of a walk. A refused one is refused for good. `unreadable` is one that the phone's storage has spoilt. */
export type WalkOutcome =
  | { readonly id: string; readonly status: 'completed'; readonly completion: Completion }
  | { readonly id: string; readonly status: 'refused'; readonly problem: Refusal }
  | { readonly id: string; readonly status: 'unreadable' }

export interface WalkQueueOptions {
  readonly storage: Storage
  readonly owner: string
  /** Told once the answer is final, and again after a crash in the middle. A walk leaves the queue when this has resolved. */
  readonly onOutcome: (outcome: WalkOutcome) => void | Promise<void>
  readonly complete: (id: string, body: CompletionBody) => Promise<Completion>
  readonly sync: (walk: WholeWalk) => Promise<SyncResult | undefined>
}

type Waiting = { readonly kind: 'complete'; readonly body: CompletionBody } | { readonly kind: 'sync'; readonly walk: WholeWalk }

/** These say nothing of the walk, so it is sent again. Every other code of a walk is final. */
const PASSING_CODES: readonly string[] = ['temporarily_unavailable', 'too_many_requests', 'internal']
const FIRST_PAUSE_MS = 5_000
const PAUSE_MAX_MS = 300_000

/**
 * Walks that are finished and not yet answered for good. They are in the phone's storage until they are, and are sent in their order, one at a time.
 * Sending one twice is safe, because its id is its key and the second answer is the first.
 */
export class WalkQueue {
  readonly #options: WalkQueueOptions
  readonly #indexKey: string
  #ids: Promise<string[]> | null = null
  /** Storage is changed by one at a time. */
  #changing: Promise<unknown> = Promise.resolve()
  #running: Promise<void> | null = null
  #timer: Timer = null
  #failures = 0
  #isStopped = false

  constructor(options: WalkQueueOptions) {
    this.#options = options
    this.#indexKey = `withbowwow.walks.${options.owner}`
  }

  /** Keeps the end of a walk that the server knows. It resolves when the walk is safe in storage, and is sent by itself. */
  complete(id: string, body: CompletionBody): Promise<void> {
    return this.#add(id, { kind: 'complete', body })
  }

  /** Keeps a whole walk that was recorded without the server. */
  sync(walk: WholeWalk): Promise<void> {
    return this.#add(walk.id, { kind: 'sync', walk })
  }

  /** The ids of walks that wait, in their order. */
  async waiting(): Promise<string[]> {
    return [...(await this.#load())]
  }

  /**
   * Sends what waits, and resolves when it has tried. Call it at the start, when the network comes back, when the app comes to the front and after a login. A
   * run that is going on is joined.
   */
  run(): Promise<void> {
    clearTimer(this.#timer)
    this.#timer = null
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Sends nothing more. What waits stays in storage. */
  stop(): void {
    this.#isStopped = true
    clearTimer(this.#timer)
  }

  async #add(id: string, waiting: Waiting): Promise<void> {
    await this.#change(async (ids) => {
      // The index comes first: an entry without a recording is dropped, and a recording without an entry would stay for ever.
      if (!ids.includes(id)) await this.#saveIndex([...ids, id])
      await this.#options.storage.setItem(this.#keyOf(id), JSON.stringify(waiting))
    })
    this.#runSoon()
  }

  /** A storage that fails is met again by the next run. */
  #runSoon(): void {
    this.run().catch(() => {})
  }

  async #run(): Promise<void> {
    const left = new Set<string>()
    for (;;) {
      const id = this.#isStopped ? undefined : (await this.#load()).find((one) => !left.has(one))
      if (id === undefined) break
      try {
        const outcome = await this.#settle(id)
        if (outcome) await this.#options.onOutcome(outcome)
        await this.#remove(id)
        this.#failures = 0
      } catch (error) {
        left.add(id)
        // Without a session only a login helps, and `run` is called after it.
        if (error instanceof ApiProblem && error.status === 401) return
        // Where nobody can be reached, the others need not be tried. Any other failure is of this walk.
        if (isPassing(error)) break
      }
    }
    if (left.size === 0 || this.#isStopped) return
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, PAUSE_MAX_MS)
    this.#timer = setTimer(() => this.#runSoon(), pauseMs * (0.5 + Math.random() / 2))
  }

  /** Sends one walk. Throws where the answer is not final, and answers `null` where there is nothing to send. */
  async #settle(id: string): Promise<WalkOutcome | null> {
    const text = await this.#change(() => this.#options.storage.getItem(this.#keyOf(id)))
    if (text === null) return null
    let waiting: Waiting
    try {
      waiting = JSON.parse(text) as Waiting
    } catch {
      return { id, status: 'unreadable' }
    }
    try {
      if (waiting.kind === 'complete') return { id, status: 'completed', completion: await this.#options.complete(id, waiting.body) }
      const result = await this.#options.sync(waiting.walk)
      if (result?.completion) return { id, status: 'completed', completion: result.completion }
      if (!result?.problem || PASSING_CODES.includes(result.problem.code)) throw new Error('the walk was not judged')
      return { id, status: 'refused', problem: result.problem }
    } catch (error) {
      const isFinal = error instanceof ApiProblem && error.status < 500 && error.status !== 401 && !error.isPassing
      if (!isFinal) throw error
      return { id, status: 'refused', problem: error.problem }
    }
  }

  #remove(id: string): Promise<void> {
    return this.#change(async (ids) => {
      await this.#options.storage.removeItem(this.#keyOf(id))
      await this.#saveIndex(ids.filter((one) => one !== id))
    })
  }

  /** Runs a change of storage after those before it. */
  #change<T>(change: (ids: string[]) => Promise<T>): Promise<T> {
    const done = this.#changing.then(async () => change(await this.#load()))
    this.#changing = done.catch(() => {})
    return done
  }

  async #saveIndex(ids: string[]): Promise<void> {
    await this.#options.storage.setItem(this.#indexKey, JSON.stringify(ids))
    this.#ids = Promise.resolve(ids)
  }

  async #load(): Promise<string[]> {
    this.#ids ??= this.#options.storage.getItem(this.#indexKey).then((text) => (text === null ? [] : (JSON.parse(text) as string[])))
    try {
      return await this.#ids
    } catch (error) {
      this.#ids = null
      throw error
    }
  }

  #keyOf(id: string): string {
    return `${this.#indexKey}.${id}`
  }
}
