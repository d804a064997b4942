import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { workerVars } from '../../dev/credentials.ts'
import { randomFrom } from '../../dev/random.ts'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate } from '../../src/core/time.ts'
import { createDb } from '../../src/db/client.ts'
import { continueBroadcast } from '../../src/modules/notifications/broadcast/service.ts'
import { pushNotifications } from '../../src/modules/notifications/push/service.ts'
import type { Broadcast } from '../../src/modules/notifications/schema.ts'
import { createCache, createRedis } from '../../src/redis/client.ts'
import { createFcm } from '../../src/vendors/google/fcm.ts'
import { type BenchContext, type Row, times } from './bench.ts'

const PEOPLE = 100_000
const FCM_MS = 100
const UNREGISTERED = 0.02
const INTERNAL = 0.01
/** Of every 20,000 calls the last 400 find the quota used up. */
const QUOTA = { calls: 20_000, refused: 400, retry_after_sec: 30 }
/** These are the figures of wrangler.toml and jobs/outbox.ts. */
const MESSAGES_A_BATCH = 20
const BATCH_TIMEOUT_MS = 1_000
const NOTIFICATIONS_A_MESSAGE = 10
const CONSUMERS = 20
const DELIVERED_TWICE = 0.05

interface Message {
  readonly ids: readonly string[]
  readonly due: number
}

/**
 * Pushes an announcement to 100,000 × scale people who agreed to it. The queue delivers some messages twice and none in order. FCM takes its time, no longer knows
 * some devices, fails now and then, and runs into its quota. The clock jumps over the waits between retries.
 */
export async function benchPush({ databaseUrl, cloud, scale }: BenchContext): Promise<Row[]> {
  const people = times(PEOPLE, scale)
  const noon = fromSeoulDate(seoulDate(new Date(Date.now() + DAY_MS))).getTime() + 12 * HOUR_MS
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await givePhones(client, people)
    let trips = 0
    const db = createDb('postgres://app:app@db.localtest.me/app', { endpoint: cloud.neonEndpoint, onTrip: () => trips++ })
    const startedAt = performance.now()
    let jumpedMs = 0
    const clock = () => noon + performance.now() - startedAt + jumpedMs
    const now = () => new Date(clock())
    const fcm = new Fcm()
    const cache = createCache(() => createRedis({ url: cloud.redisUrl, token: 'local' }))
    const deps = {
      db,
      cache,
      fcm: createFcm({ fetch: (request) => fcm.answer(request), now, account: ACCOUNT }),
      now,
      wakeAt: async () => {},
    }

    const ids = await tellAll(deps.db, now())
    const random = randomFrom(1)
    let queue: Message[] = []
    for (let i = 0; i < ids.length; i += NOTIFICATIONS_A_MESSAGE) {
      const message = { ids: ids.slice(i, i + NOTIFICATIONS_A_MESSAGE), due: 0 }
      queue.push(message)
      if (random.chance(DELIVERED_TWICE)) queue.push(message)
    }
    queue = queue
      .map((message) => ({ message, at: random.next() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ message }) => message)
    let working = 0
    const consumer = async () => {
      for (;;) {
        const due = queue.filter((message) => message.due <= clock()).slice(0, MESSAGES_A_BATCH)
        if (due.length === 0) {
          if (queue.length === 0 && working === 0) return
          if (working > 0) await sleep(20)
          else jumpedMs += Math.max(1, Math.min(...queue.map((message) => message.due)) + BATCH_TIMEOUT_MS - clock())
          continue
        }
        const taken = new Set(due)
        queue = queue.filter((message) => !taken.has(message))
        working++
        const again = await pushNotifications(deps, [...new Set(due.flatMap((message) => message.ids))])
        for (const message of due) {
          const delays = message.ids.flatMap((id) => again.get(id) ?? [])
          if (delays.length > 0) queue.push({ ...message, due: clock() + Math.ceil(Math.max(...delays) / 1_000) * 1_000 })
        }
        working--
      }
    }
    await Promise.all(Array.from({ length: CONSUMERS }, consumer))
    const took = performance.now() - startedAt

    const scaleText = `${people.toLocaleString('en')} people`
    const reachable = people - fcm.unregistered.size
    const twice = [...fcm.taken.values()].reduce((sum, count) => sum + count - 1, 0)
    const row = (what: string, unit: Row['unit'], median: number, bar: number | null): Row => ({
      what: `push fan-out, ${what}`,
      scale: scaleText,
      unit,
      median,
      p95: null,
      n: people,
      bar,
    })
    return [
      row('sent twice', 'pushes', twice, 0),
      row('missed', 'pushes', reachable - fcm.taken.size, 0),
      row('trips for 100 people', 'trips', (100 * trips) / people, 2),
      row('time', 'ms', took, null),
      row('calls to FCM', 'pushes', fcm.calls, null),
    ]
  } finally {
    await client.end()
  }
}

const ACCOUNT = JSON.parse(workerVars.FCM_SERVICE_ACCOUNT) as {
  project_id: string
  client_email: string
  private_key_id: string
  private_key: string
}

/** Puts the announcement into the centre of everybody. Returns whom to push. */
async function tellAll(db: ReturnType<typeof createDb>, at: Date): Promise<string[]> {
  const facts = { title: '봄맞이 특별 이벤트', body: '새 시즌 뱃지를 만나보세요', link: null }
  const ids: string[] = []
  let broadcast: Broadcast = { type: 'system', topic: crypto.randomUUID(), facts, at: at.toISOString(), after: null }
  for (;;) {
    const told = await continueBroadcast({ db }, broadcast)
    ids.push(...told.ids)
    if (!told.next) return ids
    const { rows } = await db.execute<{ payload: Broadcast }>(`SELECT payload FROM outbox WHERE id = '${told.next}'`)
    broadcast = rows[0]!.payload
  }
}

/** Makes so many people with a session, a phone, and their consent. Nobody else is told. */
async function givePhones(client: pg.Client, people: number): Promise<void> {
  await client.query(`UPDATE users SET deleted_at = now() WHERE deleted_at IS NULL AND nickname NOT LIKE 'p%'`)
  await client.query(`
    WITH people AS (
      INSERT INTO users (id, nickname, created_at) SELECT gen_random_uuid(), 'p' || n, now() FROM generate_series(1, ${people}) AS n RETURNING id
    ), agreed AS (
      INSERT INTO consents (user_id, document, decided_at, version, agreed) SELECT id, 'marketing', now(), '2026-01-01', true FROM people
    ), live AS (
      INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
      SELECT gen_random_uuid(), id, 1, '', now(), now(), now() + interval '90 days' FROM people
      RETURNING id, user_id
    )
    INSERT INTO push_tokens (token, user_id, session_id, platform, registered_at)
    SELECT 'fcm:' || md5(user_id::text) || md5(id::text), user_id, id, 'android', now() FROM live`)
  await client.query('VACUUM ANALYZE')
}

/** FCM as the bar describes it. */
class Fcm {
  readonly taken = new Map<string, number>()
  readonly unregistered = new Set<string>()
  calls = 0
  readonly #random = randomFrom(2)

  async answer(request: Request): Promise<Response> {
    if (request.url.includes('oauth2')) return Response.json({ access_token: 'bench', expires_in: 3_600, token_type: 'Bearer' })
    const call = this.calls++
    const { message } = (await request.json()) as { message: { token: string } }
    await sleep(FCM_MS)
    if (call % QUOTA.calls >= QUOTA.calls - QUOTA.refused)
      return failure(429, 'QUOTA_EXCEEDED', { 'Retry-After': String(QUOTA.retry_after_sec) })
    if (parseInt(message.token.slice(4, 10), 16) / 0xff_ff_ff < UNREGISTERED) {
      this.unregistered.add(message.token)
      return failure(404, 'UNREGISTERED')
    }
    if (this.#random.chance(INTERNAL)) return failure(500, 'INTERNAL')
    this.taken.set(message.token, (this.taken.get(message.token) ?? 0) + 1)
    return Response.json({ name: `projects/bench/messages/${call}` })
  }
}

function failure(status: number, errorCode: string, headers: Record<string, string> = {}): Response {
  const details = [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }]
  return Response.json({ error: { code: status, status: errorCode, details } }, { status, headers })
}
