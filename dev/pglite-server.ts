import { createServer, type AddressInfo } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const CANCEL_REQUEST = 80877102
const SYNC = Uint8Array.of(0x53, 0, 0, 0, 4)
/** The message ReadyForQuery without its last byte, which is the state. */
const READY = [0x5a, 0, 0, 0, 5]
const IDLE = 0x49
/** Parse, Bind, Describe, Execute and Close. The client sends more messages after each of them. */
const PARTS = [...'PBDEC'].map((letter) => letter.charCodeAt(0))
const FLUSH = 0x48
const TERMINATE = 0x58

interface Client {
  socket: Duplex
  received: Buffer
  started: boolean
  /** Messages that wait for the client’s turn (takeMessages). */
  inbox: Uint8Array[]
  /** The last bytes that were sent to the client. They say whether its turn is over. */
  tail: Buffer
  closed: boolean
}

/**
 * Serves one PGlite with Postgres's wire protocol over TCP. PGlite is a single session, so clients take turns. A turn lasts from a client's first message to the
 * moment when Postgres is ready for the next query outside a transaction. `pglite-socket` cannot be used, because it changes clients between any two messages.
 * One client then gets the statement that another has just prepared.
 */
export async function servePglite(db: PGlite, port: number) {
  const clients = new Set<Client>()
  const waiting: Client[] = []
  let turn: Client | undefined
  let running = false
  let stopped = false
  // Every error that Postgres reports leaves something on its C stack, and the stack is full after some hundreds of errors. Between two messages the stack
  // should be empty, so it is set back.
  const stack = (db as unknown as { mod?: { ___stack_pointer?: { value: unknown } } }).mod?.___stack_pointer
  const stackBase = stack?.value

  async function pump() {
    if (running || stopped) return
    running = true
    for (;;) {
      turn ??= waiting.shift()
      if (!turn) break
      if (turn.closed) await endAbandoned(turn)
      else {
        const message = turn.inbox.shift()
        if (!message) break
        if (isCopyIn(message)) refuse(turn, 'the embedded Postgres cannot COPY FROM STDIN')
        else await run(turn, message)
        if (isReady(turn.tail)) pass(turn)
      }
    }
    running = false
  }

  function pass(client: Client) {
    turn = undefined
    if (client.inbox.length > 0) waiting.push(client)
  }

  async function run(client: Client, message: Uint8Array) {
    const chunks: Buffer[] = []
    try {
      await db.runExclusive(() =>
        // The bytes are the database's own memory, which the next message overwrites.
        db.execProtocolRawStream(message, { onRawData: (data) => void chunks.push(Buffer.from(data)) }),
      )
      const answer = withoutEarlyReady(message, Buffer.concat(chunks))
      client.tail = answer.subarray(-6)
      if (answer.length > 0 && client.socket.writable) client.socket.write(answer)
    } catch {
      client.socket.destroy()
      client.closed = true
    } finally {
      if (stack) stack.value = stackBase
    }
  }

  function refuse(client: Client, reason: string) {
    const fields = Buffer.from(`SFATAL\0C0A000\0M${reason}\0\0`)
    const head = Buffer.alloc(5, 'E')
    head.writeInt32BE(4 + fields.length, 1)
    client.socket.end(Buffer.concat([head, fields]))
    client.closed = true
  }

  /** Does what a real server does when a client is gone: the transaction, settings and locks of the client end. */
  async function endAbandoned(client: Client) {
    await run(client, SYNC)
    if (db.isInTransaction()) await db.exec('ROLLBACK').catch(() => {})
    await db.exec('RESET ALL; SELECT pg_advisory_unlock_all()').catch(() => {})
    turn = undefined
  }

  function accept(socket: Duplex) {
    const client: Client = { socket, received: Buffer.alloc(0), started: false, inbox: [], tail: Buffer.alloc(0), closed: false }
    clients.add(client)
    const leave = () => {
      if (!clients.delete(client)) return
      client.closed = true
      client.inbox = []
      if (turn !== client && client.started && !waiting.includes(client)) waiting.push(client)
      void pump()
    }
    socket.on('data', (data: Buffer) => {
      client.received = Buffer.concat([client.received, data])
      for (const messages of takeMessages(client)) client.inbox.push(messages)
      if (client.inbox.length > 0 && turn !== client && !waiting.includes(client)) waiting.push(client)
      void pump()
    })
    socket.on('error', leave)
    socket.on('close', leave)
  }

  const server = createServer({ noDelay: true }, accept)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    /** A client's end of a connection without a network. It has all that pg expects of a socket. */
    connect(): Duplex {
      const [ours, theirs] = duplexPair()
      accept(ours)
      ours.once('close', () => theirs.destroy())
      const nothing = () => theirs
      return Object.assign(theirs, {
        setNoDelay: nothing,
        ref: nothing,
        unref: nothing,
        connect: () => process.nextTick(() => theirs.emit('connect')),
      })
    },
    async stop() {
      stopped = true
      const closed = new Promise((resolve) => server.close(resolve))
      for (const { socket } of clients) socket.destroy()
      await closed
    },
  }
}

/**
 * Takes the complete messages received so far. The messages of an extended query stay together up to its Sync or Flush, because no client waits for an answer
 * before that. Messages that concern only the connection are answered here.
 */
function takeMessages(client: Client): Uint8Array[] {
  const taken: Uint8Array[] = []
  for (let start = 0; ;) {
    const { received, started, socket } = client
    const headLength = started ? 5 : 8
    if (received.length < start + headLength) return taken
    const length = started ? 1 + received.readInt32BE(start + 1) : received.readInt32BE(0)
    const code = started ? 0 : received.readInt32BE(4)
    const end = start + length
    if (length < 4) socket.destroy()
    if (length < 4 || received.length < end) return taken
    if (started && PARTS.includes(received[start]!)) {
      start = end
      continue
    }
    client.received = received.subarray(end)
    if (code === SSL_REQUEST || code === GSS_REQUEST) socket.write('N')
    else if (code === CANCEL_REQUEST || (started && received[start] === TERMINATE)) socket.end()
    else {
      client.started = true
      taken.push(new Uint8Array(received.subarray(0, end)))
    }
    start = 0
  }
}

/** Whether the data of the statement would follow in messages of their own. PGlite would wait for these messages for ever. */
function isCopyIn(message: Uint8Array): boolean {
  if (message[0] !== 0x51) return false
  return /(^|;)\s*copy\b[^;]*\bfrom\s+stdin\b/i.test(Buffer.from(message.buffer, message.byteOffset + 5, message.length - 6).toString())
}

/**
 * Removes a ReadyForQuery that comes too early. After an error PGlite sends one at once, and another at the Sync that follows. A client would take the second
 * one for the end of its next query, and think that this query had no answer.
 */
function withoutEarlyReady(messages: Uint8Array, answer: Buffer): Buffer {
  const isFlush = messages.at(-5) === FLUSH && messages.length > 5
  return isFlush && READY.every((byte, i) => answer.at(i - 6) === byte) ? answer.subarray(0, -6) : answer
}

function isReady(tail: Buffer): boolean {
  return tail.length === 6 && READY.every((byte, i) => tail[i] === byte) && tail[5] === IDLE
}
