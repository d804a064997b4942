import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningWorker } from '../../dev/bundle.ts'
import type { BenchContext } from './bench.ts'
import { floorPath, type Io } from './floor.ts'
import type { Trip } from './meter.ts'

/** The Worker's process is left alone for this long after an answer, so that its later work (log line, garbage collection) counts for that request. */
const SETTLE_MS = 5

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: string | undefined
  readonly token?: string | undefined
}

interface Timed {
  readonly response: Response
  readonly text: string
  readonly wall_ms: number
  /** The CPU time of the Worker's whole process. */
  readonly cpu_ms: number
}

/** What one request cost. */
export interface Cost {
  readonly text: string
  readonly wall_ms: number
  readonly cpu_ms: number
  /** The CPU time of the same I/O without our code. */
  readonly floor_ms: number
  readonly trips: readonly Trip[]
}

function send({ url }: { url: string }, { method = 'GET', path, body, token }: Call): Promise<Response> {
  return fetch(`${url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...(token && { Authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body }),
  })
}

async function timed(worker: RunningWorker, request: Call): Promise<Timed> {
  await sleep(SETTLE_MS)
  const cpuBefore = worker.cpuMs() ?? Number.NaN
  const startedAt = performance.now()
  const response = await send(worker, request)
  const text = await response.text()
  const wall_ms = performance.now() - startedAt
  if (!response.ok) throw new Error(`${request.method ?? 'GET'} ${request.path} answered ${response.status}: ${text}`)
  await sleep(SETTLE_MS)
  return { response, text, wall_ms, cpu_ms: (worker.cpuMs() ?? Number.NaN) - cpuBefore }
}

/** Sends one request, and right after it the same I/O alone. `put` is the number of bytes it puts into R2. */
export async function measureRequest(
  { worker, floor, meter }: BenchContext,
  request: Call,
  { limits, put }: Pick<Io, 'limits' | 'put'>,
): Promise<Cost> {
  meter.take()
  const { response, text, wall_ms, cpu_ms } = await timed(worker, request)
  const trips = meter.take()
  const [, said = '0'] = /db;desc="(\d+)"/.exec(response.headers.get('Server-Timing') ?? '') ?? []
  if (Number(said) !== trips.length) throw new Error(`Server-Timing says ${said} trips, the endpoint saw ${trips.length}`)
  const sum = (of: (trip: Trip) => number) => trips.reduce((total, trip) => total + of(trip), 0)
  const io = { limits, put, sent: sum((it) => it.sent_bytes), received: sum((it) => it.received_bytes), answer: text.length }
  const below = await timed(floor, { ...request, path: floorPath(io) })
  return { text, wall_ms, cpu_ms, floor_ms: below.cpu_ms, trips }
}

export async function measureHealth({ worker }: BenchContext): Promise<number> {
  return (await timed(worker, { path: '/health' })).cpu_ms
}

/** CPU time of the process for each of some requests that are sent at once. A small request alone would drown in the cost of waking the process up. */
export async function measureTogether(
  worker: RunningWorker,
  count: number,
  request: (i: number) => Call,
  take?: (answer: string, i: number) => void,
): Promise<number> {
  await sleep(SETTLE_MS)
  const cpuBefore = worker.cpuMs() ?? Number.NaN
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const call = request(i)
      const response = await send(worker, call)
      const text = await response.text()
      if (!response.ok) throw new Error(`${call.path} answered ${response.status}: ${text}`)
      take?.(text, i)
    }),
  )
  await sleep(SETTLE_MS)
  return ((worker.cpuMs() ?? Number.NaN) - cpuBefore) / count
}

/** Sends a request that only prepares something, and returns the answer. */
export async function post<T>(server: { url: string }, path: string, body: object, token?: string): Promise<T> {
  const response = await send(server, { method: 'POST', path, body: JSON.stringify(body), token })
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

/** Deletes what the bench has made. */
export async function remove(server: { url: string }, path: string, token: string): Promise<void> {
  const response = await send(server, { method: 'DELETE', path, token })
  if (!response.ok) throw new Error(`DELETE ${path} answered ${response.status}: ${await response.text()}`)
}

export interface Person {
  readonly user_id: string
  readonly token: string
  readonly refresh_token: string
  readonly pet_id: string
}

let people = 0

/** A new person with a dog, logged in through Kakao's simulator. */
export async function signUp({ worker, cloud }: BenchContext): Promise<Person> {
  const sdk = { provider: 'kakao', id: String(5_000_000_000 + people++) }
  const { access_token } = await post<{ access_token: string }>({ url: cloud.simulatorsUrl }, '/_sim/login', sdk)
  const login = await post<{ access_token: string; refresh_token: string; user: { id: string } }>(worker, '/auth/kakao', { access_token })
  const pet = await post<{ id: string }>(worker, '/pets', { name: '초코', species: 'dog', weight_kg: 5 }, login.access_token)
  return { user_id: login.user.id, token: login.access_token, refresh_token: login.refresh_token, pet_id: pet.id }
}
