import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { workerVars } from '../../dev/credentials.ts'
import { createAccessTokens } from '../../src/core/access-token.ts'

/**
 * Live rooms as they were in the first design, for comparison. One process keeps each room's sockets in a Map, reads the token when somebody connects, and passes
 * every message on to everybody else in the room. It checks and stores nothing, and a second process would know nothing of its rooms.
 *
 * It runs as a child process. It prints where it listens, and answers every question with the CPU time it has used.
 */
const rooms = new Map<string, Set<WebSocket>>()
const tokens = createAccessTokens({ keys: [workerVars.JWT_SECRET_KEY], now: () => new Date() })
const sockets = new WebSocketServer({ noServer: true })

function join(socket: WebSocket, invitationId: string, userId: string): void {
  const room = rooms.get(invitationId) ?? new Set()
  rooms.set(invitationId, room.add(socket))
  socket.on('message', (data) => {
    const frame = JSON.stringify({ ...JSON.parse(String(data)), type: 'location', user_id: userId })
    for (const other of room) if (other !== socket) other.send(frame)
  })
  socket.on('error', () => {})
  socket.on('close', () => room.delete(socket))
}

async function admit(request: IncomingMessage): Promise<{ invitationId: string; userId: string } | null> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const user = await tokens.verify(url.searchParams.get('token') ?? '')
  return user && { invitationId: url.pathname.split('/').at(-1)!, userId: user.user_id }
}

const server = createServer((_, response) => void response.writeHead(426).end())
server.on('upgrade', (request, socket, head) => {
  void admit(request).then((admitted) => {
    if (!admitted) return socket.destroy()
    sockets.handleUpgrade(request, socket, head, (open) => join(open, admitted.invitationId, admitted.userId))
  })
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu_ms: (user + system) / 1_000 })
})
// The process that started it is gone.
process.on('disconnect', () => process.exit())
