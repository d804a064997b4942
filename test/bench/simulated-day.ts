import { workerVars } from '../../dev/credentials.ts'
import { isDue } from '../../dev/crons.ts'
import { createKeyedIds } from '../../src/core/idempotency.ts'
import { createKeyedHashes } from '../../src/core/keyed-hashes.ts'
import { createDb } from '../../src/db/client.ts'
import type { Deps } from '../../src/deps.ts'
import { type AlarmStorage, ring, wakeBy } from '../../src/jobs/due.ts'
import { consume } from '../../src/queues.ts'
import { createCache, createRedis } from '../../src/redis/client.ts'
import { enqueueSchedule, runDue, schedule } from '../../src/schedule.ts'
import { createAirKorea } from '../../src/vendors/airkorea/airkorea.ts'
import { createFcm } from '../../src/vendors/google/fcm.ts'
import { createVendorFetch, type Fetch } from '../../src/vendors/http.ts'
import { createKma } from '../../src/vendors/kma/kma.ts'

const MINUTE_MS = 60_000
/** Neon suspends after this time without a call. */
const SUSPENDED_MS = 5 * MINUTE_MS
/** A trip within Singapore takes this long, with the statement. */
const TRIP_MS = 30
/** What one call to R2 adds, with six of them at a time. */
const BUCKET_MS = 20
/** The queues of wrangler.toml that wait for more messages wait for one second. A delivery takes another second. */
const QUEUE_MS: Readonly<Record<string, number>> = { jobs: 2_000, pushes: 2_000, tasks: 1_000 }

interface Message {
  readonly id: string
  readonly queue: string
  readonly body: unknown
  readonly attempts: number
}

/** A day whose clock jumps from event to event. Crons, messages of the queues and the alarm run the Worker's own code against a real database. */
export class SimulatedDay {
  readonly deps: Deps
  /** The times at which Postgres was asked. */
  readonly trips: number[] = []
  /** How many calls to Postgres, R2 and queues each message of the queue of tasks has made. */
  readonly tripsOfTasks: number[] = []
  /** When FCM was given which message, by the device's token. */
  readonly pushed = new Map<string, { at: number; type: string }[]>()
  #now: number
  #calls = 0
  #alarm: number | null = null
  #events: { readonly at: number; readonly run: () => Promise<void> }[] = []
  readonly #storage: AlarmStorage = {
    getAlarm: async () => this.#alarm,
    setAlarm: async (at) => void (this.#alarm = Number(at)),
  }

  #simulatorsNow = 0
  #simulatorsClock: Promise<unknown> = Promise.resolve()

  /** With `simulatorsUrl` the sources of the weather are the simulators, whose clock follows. Without it nobody may want weather. */
  constructor(
    startsAt: Date,
    { neonEndpoint, redisUrl, simulatorsUrl }: { neonEndpoint: string; redisUrl: string; simulatorsUrl?: string },
  ) {
    this.#now = startsAt.getTime()
    const now = () => new Date(this.#now)
    const onTrip = () => {
      this.trips.push(this.#now)
      this.#now += TRIP_MS
      this.#calls++
    }
    const account = JSON.parse(workerVars.FCM_SERVICE_ACCOUNT) as Parameters<typeof createFcm>[0]['account']
    this.deps = {
      db: createDb('postgres://app:app@db.localtest.me/app', { endpoint: neonEndpoint, onTrip }),
      cache: createCache(() => createRedis({ url: redisUrl, token: 'local' })),
      fcm: createFcm({ fetch: (request) => this.#answerAsFcm(request), now, account }),
      countsSandbox: true,
      bucket: this.#emptyBucket(),
      jobs: this.#queue('jobs'),
      pushes: this.#queue('pushes'),
      tasks: this.#queue('tasks'),
      keyedIds: createKeyedIds(workerVars.TOKEN_ENCRYPTION_KEY),
      keyedHashes: createKeyedHashes(workerVars.TOKEN_ENCRYPTION_KEY),
      rooms: { getByName: () => ({ recheck: async () => true }) },
      ...(simulatorsUrl && this.#sky(simulatorsUrl)),
      // The registers of places have no news.
      licences: { listPage: async () => ({ outcome: 'nothing' }) },
      cityParks: { listPage: async () => ({ outcome: 'nothing' }) },
      // Nobody pays, so the stores are not asked at all.
      toss: { listTransactions: async () => [] },
      now,
      waitUntil: (work: Promise<unknown>) => void this.#events.push({ at: this.#now, run: async () => void (await work) }),
      wakeAt: async (at: Date) => {
        this.#calls++
        await wakeBy(this.#storage, at.getTime())
      },
      // A day of crons, alarms, invitations, pushes and no payments needs nothing else.
    } as unknown as Deps
  }

  /** Lets time pass, and does all that happens meanwhile. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    const minutes = Array.from({ length: Math.ceil(ms / MINUTE_MS) + 1 }, (_, k) => (Math.floor(this.#now / MINUTE_MS) + k) * MINUTE_MS)
    for (const at of minutes.filter((minute) => minute >= this.#now && minute < end)) {
      for (const cron of Object.keys(schedule).filter((one) => isDue(one, new Date(at))))
        this.#events.push({ at, run: () => enqueueSchedule(cron, new Date(at), this.deps) })
    }
    for (;;) {
      this.#events.sort((a, b) => a.at - b.at)
      const next = Math.min(this.#events[0]?.at ?? Infinity, this.#alarm ?? Infinity)
      if (next >= end) break
      this.#now = Math.max(this.#now, next)
      if (this.#alarm === next) {
        this.#alarm = null
        await ring(
          this.#storage,
          () => this.#now,
          () => runDue(this.deps),
        )
      } else await this.#events.shift()?.run()
    }
    this.#now = Math.max(this.#now, end)
  }

  passUntil(at: Date): Promise<void> {
    return this.pass(at.getTime() - this.#now)
  }

  get now(): Date {
    return new Date(this.#now)
  }

  loseAlarm(): void {
    this.#alarm = null
  }

  /** How often Postgres was woken, and for how long it was awake in all. */
  awake(): { wakes: number; ms: number } {
    let [wakes, ms, until] = [0, 0, -Infinity]
    for (const at of this.trips.toSorted((a, b) => a - b)) {
      if (at > until) wakes++
      ms += at + SUSPENDED_MS - Math.max(at, until)
      until = at + SUSPENDED_MS
    }
    return { wakes, ms }
  }

  #queue(name: string): Queue {
    const sendBatch = async (messages: { body: unknown }[]) => {
      this.#calls++
      for (const { body } of messages) this.#deliver({ id: crypto.randomUUID(), queue: name, body, attempts: 1 }, QUEUE_MS[name]!)
    }
    return { sendBatch } as unknown as Queue
  }

  #deliver(message: Message, afterMs: number): void {
    const run = async () => {
      let retrySeconds: number | null = null
      const before = this.#calls
      const given = {
        ...message,
        timestamp: new Date(this.#now),
        ack: () => {},
        retry: ({ delaySeconds = 0 } = {}) => void (retrySeconds = delaySeconds),
      }
      await consume({ queue: message.queue, messages: [given] } as unknown as MessageBatch, this.deps)
      if (message.queue === 'tasks') this.tripsOfTasks.push(this.#calls - before)
      if (retrySeconds !== null) this.#deliver({ ...message, attempts: message.attempts + 1 }, retrySeconds * 1_000)
    }
    this.#events.push({ at: this.#now + afterMs, run })
  }

  /** KMA and AirKorea as they are at the day's own time. */
  #sky(simulatorsUrl: string): Pick<Deps, 'kma' | 'airKorea'> {
    const vendorFetch = createVendorFetch(simulatorsUrl)
    const fetch: Fetch = async (request, options) => {
      const minute = Math.floor(this.#now / MINUTE_MS)
      if (minute !== this.#simulatorsNow) {
        this.#simulatorsNow = minute
        const body = JSON.stringify({ now: new Date(this.#now).toISOString() })
        const headers = { 'Content-Type': 'application/json' }
        this.#simulatorsClock = globalThis.fetch(`${simulatorsUrl}/_sim/clock`, { method: 'POST', headers, body })
      }
      // Calls are made together, and none may come before the clock is set.
      await this.#simulatorsClock
      return vendorFetch(request, options)
    }
    const parts = { fetch, config: { DATA_GO_KR_KEY: workerVars.DATA_GO_KR_KEY, VENDOR_GATEWAY: simulatorsUrl } }
    return { kma: createKma({ ...parts, now: () => new Date(this.#now) }), airKorea: createAirKorea(parts) }
  }

  #emptyBucket(): R2Bucket {
    const count = () => {
      this.#calls++
      this.#now += BUCKET_MS
    }
    const list = async () => {
      count()
      return { objects: [], truncated: false, delimitedPrefixes: [] }
    }
    const nothing = async () => {
      count()
      return null
    }
    return { list, put: nothing, get: nothing, head: nothing, delete: nothing } as unknown as R2Bucket
  }

  async #answerAsFcm(request: Request): Promise<Response> {
    if (request.url.includes('oauth2')) return Response.json({ access_token: 'bench', expires_in: 3_600, token_type: 'Bearer' })
    const { message } = (await request.json()) as { message: { token: string; data: { type: string } } }
    this.pushed.set(message.token, [...(this.pushed.get(message.token) ?? []), { at: this.#now, type: message.data.type }])
    return Response.json({ name: 'projects/bench/messages/1' })
  }
}
