import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fault, fakeAnswer } from './faults.ts'

/** A handler throws it when it has done its work, or has not, and the connection ends without an answer. */
export class ConnectionCut extends Error {
  constructor() {
    super('the connection was cut')
  }
}

export interface ServeOptions {
  /** 0 is any free port. */
  port: number
  /** `body` is the whole body as text, read before the handler runs. */
  handle: (request: Request, body: string) => Response | Promise<Response>
  fault?: (request: Request, body: string) => Fault | undefined
}

/** An HTTP server for web-standard requests. Its answers can be made to fail, be late, or never arrive. */
export async function serve({ port, handle, fault: faultFor }: ServeOptions) {
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse) {
    const body = await readBody(incoming)
    const request = toRequest(incoming, body)
    const text = body.toString()
    const fault = faultFor?.(request, text)
    if (fault?.cut === 'before') {
      if (fault.delay_ms) await sleep(fault.delay_ms)
      return void outgoing.destroy()
    }
    const response = (fault && fault.cut !== 'after' && fakeAnswer(fault)) || (await handle(request, text))
    if (fault?.delay_ms) await sleep(fault.delay_ms)
    if (fault?.cut === 'after') return void outgoing.destroy()
    const sent = Buffer.from(await response.arrayBuffer())
    outgoing.writeHead(response.status, [...response.headers].flat())
    outgoing.end(sent)
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      if (error instanceof ConnectionCut) return void outgoing.destroy()
      // The client left while it was still sending, so there is nobody to answer.
      if (incoming.destroyed && !incoming.complete) return
      console.error('[dev]', error)
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'Content-Type': 'text/plain' })
      outgoing.end(String(error))
    })
  })
  // A pooled connection that is closed while it is being reused looks like an outage to the caller.
  server.keepAliveTimeout = 600_000
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function toRequest(incoming: IncomingMessage, body: Buffer): Request {
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) headers.append(incoming.rawHeaders[i]!, incoming.rawHeaders[i + 1]!)
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
  return new Request(url, { method, headers, ...(method !== 'GET' && method !== 'HEAD' && { body: new Uint8Array(body) }) })
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}
