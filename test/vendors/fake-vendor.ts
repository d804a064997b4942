import { workerVars } from '../../dev/credentials.ts'
import { AppError } from '../../src/core/errors.ts'
import type { ServiceAccount } from '../../src/vendors/google/access-token.ts'
import type { Fetch } from '../../src/vendors/http.ts'

/** What the adapters are made with, as config.ts would read it. */
export const config = {
  ...workerVars,
  KAKAO_APP_ID: Number(workerVars.KAKAO_APP_ID),
  APPLE_CLIENT_IDS: workerVars.APPLE_CLIENT_IDS.split(','),
  PLAY_SERVICE_ACCOUNT: JSON.parse(workerVars.PLAY_SERVICE_ACCOUNT) as ServiceAccount,
}

type Reply = Response | Error | ((request: Request) => Response | Promise<Response>)

/** A vendor that answers as told: replies by `host/path`, one after another, the last one for good. What it was asked is kept. */
export function fakeVendor(replies: Record<string, Reply | Reply[]>) {
  const asked: { url: string; method: string; headers: Headers; form: URLSearchParams }[] = []
  const queues = new Map(Object.entries(replies).map(([path, reply]) => [path, Array.isArray(reply) ? [...reply] : [reply]]))
  const fetch: Fetch = async (request) => {
    const { host, pathname } = new URL(request.url)
    asked.push({ url: request.url, method: request.method, headers: request.headers, form: new URLSearchParams(await request.text()) })
    const queue = queues.get(`${host}${pathname}`)
    const reply = queue && queue.length > 1 ? queue.shift() : queue?.[0]
    if (!reply) throw new Error(`nobody answers at ${host}${pathname}`)
    if (reply instanceof Error) throw reply
    return reply instanceof Response ? reply.clone() : reply(request)
  }
  return { fetch, asked, countOf: (path: string) => asked.filter(({ url }) => url.includes(path)).length }
}

export const json = (body: unknown, status = 200) => Response.json(body, { status })
export const html = (status = 200) => new Response('<html>점검 중입니다</html>', { status, headers: { 'Content-Type': 'text/html' } })

/** The code a call failed with; `ok` when it did not fail. */
export async function verdict(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'ok'
  } catch (error) {
    if (error instanceof AppError) return error.definition.code
    throw error
  }
}
