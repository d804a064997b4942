import { type RunningWorker, startWorker } from '../../dev/bundle.ts'
import { serve } from '../../dev/server.ts'

/**
 * Does the I/O of a request and nothing else: HTTP, rate limits, R2, one fetch, a line of log. On Cloudflare none of these is the Worker's CPU. Here all of them
 * run in its process (R2 and rate limits as Miniflare simulates them). What this costs is therefore taken off what the real request costs.
 */
const FLOOR = `
const LINE = 'x'.repeat(260)
export default {
  async fetch(request, env) {
    const { limits, put, sent, received, answer } = Object.fromEntries(new URL(request.url).searchParams)
    console.log(LINE)
    for (let i = 0; i < limits; i++) await env.RATE_LIMIT_USER.limit({ key: 'somebody' })
    await request.arrayBuffer()
    if (put > 0) await env.BUCKET.put('floor/' + crypto.randomUUID(), new Uint8Array(Number(put)))
    if (sent > 0) await (await fetch(env.ECHO_URL + '/' + received, { method: 'POST', body: 'x'.repeat(sent) })).text()
    return new Response('x'.repeat(answer))
  },
}`

/** What a request moves: how many rate limits it asks, and bytes into R2, to and from Postgres, and back to the phone. */
export interface Io {
  readonly limits: number
  readonly put: number
  readonly sent: number
  readonly received: number
  readonly answer: number
}

export const floorPath = (io: Io): string => `/?${new URLSearchParams(Object.entries(io).map(([name, value]) => [name, String(value)]))}`

export async function startFloor(): Promise<RunningWorker> {
  const echo = await serve({ port: 0, handle: (request) => new Response('x'.repeat(Number(new URL(request.url).pathname.slice(1)))) })
  const worker = await startWorker([{ type: 'ESModule', path: 'floor.js', contents: FLOOR }], { ECHO_URL: echo.url }).catch(
    async (error: unknown) => {
      await echo.stop()
      throw error
    },
  )
  return {
    ...worker,
    async stop() {
      await worker.stop()
      await echo.stop()
    },
  }
}
