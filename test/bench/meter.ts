import { serve } from '../../dev/server.ts'

export interface Trip {
  readonly ms: number
  readonly sent_bytes: number
  readonly received_bytes: number
}

export interface Meter {
  readonly endpoint: string
  /** The trips since the last call. */
  take(): Trip[]
  stop(): Promise<void>
}

const PASSED_ON = /^(content-type|neon-.*)$/i

/** Times each trip between the Worker and the Neon endpoint, because a Worker's own clock has steps of a millisecond. */
export async function startMeter(endpoint: string): Promise<Meter> {
  let trips: Trip[] = []
  const server = await serve({
    port: 0,
    async handle(request, body) {
      const headers = [...request.headers].filter(([name]) => PASSED_ON.test(name))
      const startedAt = performance.now()
      const response = await fetch(endpoint, { method: request.method, headers, body })
      const answer = await response.arrayBuffer()
      trips.push({ ms: performance.now() - startedAt, sent_bytes: body.length, received_bytes: answer.byteLength })
      return new Response(answer, { status: response.status, headers: { 'Content-Type': 'application/json' } })
    },
  })
  return {
    endpoint: `${server.url}/sql`,
    take() {
      const taken = trips
      trips = []
      return taken
    },
    stop: server.stop,
  }
}
