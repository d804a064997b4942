import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { type RunningWorker, startWorker } from '../../dev/bundle.ts'
import { workerVars } from '../../dev/credentials.ts'
import { createAccessTokens } from '../../src/core/access-token.ts'
import type { Actor } from '../../src/core/actor.ts'
import { createRoomTickets } from '../../src/core/room-ticket.ts'
import type { BenchContext } from './bench.ts'

const SIGNING = { keys: [workerVars.JWT_SECRET_KEY], now: () => new Date() } as const
/** A file system in memory, if the machine has one. */
const MEMORY = '/dev/shm'
const PATH = '/ws/walk-together'

/** A server with live rooms. */
export interface RoomServer {
  readonly name: string
  /** Whether people are in the room when they get a snapshot, or as soon as the connection is open. */
  readonly hasSnapshot: boolean
  /** Makes what opens a room to somebody. It is made ahead of time, because it is the work of another request and of the phone. */
  prepare(invitationId: string, user: Actor): Promise<() => WebSocket>
  /** CPU time that its process has used so far. */
  cpuMs(): Promise<number>
}

const open = (url: string, protocols: string[] = []) => new WebSocket(url.replace(/^http/, 'ws'), protocols, { perMessageDeflate: false })

export function durableObjects(name: string, worker: RunningWorker): RoomServer {
  const tickets = createRoomTickets(SIGNING)
  return {
    name,
    hasSnapshot: true,
    async prepare(invitationId, user) {
      const ticket = await tickets.issue(user, invitationId)
      return () => open(`${worker.url}${PATH}/${invitationId}`, ['ticket', ticket])
    },
    cpuMs: async () => worker.cpuMs() ?? Number.NaN,
  }
}

/**
 * A Worker whose rooms store in memory. On Cloudflare each room waits by itself until its writes are copied. Here all rooms would wait for one disk, and the bench
 * would measure that disk.
 */
export async function startRoomsInMemory({ bundle, cloud }: BenchContext): Promise<RoomServer & { stop(): Promise<void> }> {
  const storage = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'rooms-'))
  const worker = await startWorker(
    bundle,
    { NEON_ENDPOINT: cloud.neonEndpoint, UPSTASH_REDIS_REST_URL: cloud.redisUrl, VENDOR_GATEWAY: cloud.simulatorsUrl },
    storage,
  )
  return {
    ...durableObjects('Durable Object', worker),
    async stop() {
      await worker.stop()
      rmSync(storage, { recursive: true })
    },
  }
}

export async function startRoomManager(): Promise<RoomServer & { stop(): Promise<void> }> {
  const child = fork(fileURLToPath(import.meta.resolve('./room-manager.ts')))
  const exited = once(child, 'exit')
  /** The next message of a child process. */
  async function hear<T>(): Promise<T> {
    const [message] = await Promise.race([once(child, 'message'), exited.then(() => Promise.reject(new Error('the manager has ended')))])
    return message as T
  }
  const { port } = await hear<{ port: number }>()
  const tokens = createAccessTokens(SIGNING)
  return {
    name: 'in-memory manager on ws',
    hasSnapshot: false,
    async prepare(invitationId, user) {
      const token = await tokens.issue(user)
      return () => open(`http://127.0.0.1:${port}${PATH}/${invitationId}?token=${token}`)
    },
    async cpuMs() {
      child.send('cpu')
      return (await hear<{ cpu_ms: number }>()).cpu_ms
    },
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
