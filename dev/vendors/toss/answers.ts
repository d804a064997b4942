import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { workerVars } from '../../credentials.ts'
import { ConnectionCut } from '../../server.ts'
import type { Clock } from '../clock.ts'
import { readAuthorization, Refusal } from '../vendor.ts'
import { failureOf, refusal, statusOf } from './refusals.ts'

const KEY_LIVES_MS = 15 * 86_400_000
const KEY_MAX = 300

/** What came of a request: the answer, and whether and when it arrives. */
export interface Deed {
  status: ContentfulStatusCode
  body: object
  /** The connection ends without an answer. */
  isCut?: boolean | undefined
  lateMs?: number | undefined
  /** What Toss does before it answers. */
  before?: (() => Promise<unknown>) | undefined
}

interface Kept {
  at: Date
  body: string
  /** Null while the first request is being answered. */
  answer: { status: ContentfulStatusCode; text: string } | null
}

interface Mismatch {
  idempotency_key: string
  path: string
  first: string
  second: string
}

export type Answers = ReturnType<typeof createAnswers>

/** Authorization, idempotency keys, and the way an answer goes. */
export function createAnswers({ clock }: { clock: Clock }) {
  const kept = new Map<string, Kept>()
  const mismatches: Mismatch[] = []
  const replays: { idempotency_key: string; path: string }[] = []

  /** A replay is the first answer, byte by byte. */
  function replay(c: Context, key: string, body: string, first: Kept): Response {
    const { path } = c.req
    if (first.body !== body) mismatches.push({ idempotency_key: key, path, first: first.body, second: body })
    if (!first.answer) throw refusal('IDEMPOTENT_REQUEST_PROCESSING')
    replays.push({ idempotency_key: key, path })
    return respond(c, first.answer)
  }

  return {
    /**
     * Answers a POST. `names` says whom the request is about, which decides the time. A request that was cut before anything was done leaves no trace, so
     * the same key does it later.
     */
    async post(c: Context, names: (body: unknown) => (string | undefined)[], act: (body: unknown) => Deed | null): Promise<Response> {
      authorize(c)
      const key = c.req.header('Idempotency-Key')
      if (key !== undefined && (key.length === 0 || key.length > KEY_MAX)) throw refusal('INVALID_IDEMPOTENCY_KEY')
      const text = await c.req.text()
      const body = parse(text)
      const scope = `${key} ${c.req.path}`
      const now = clock.now(...names(body))
      const first = key === undefined ? undefined : kept.get(scope)
      if (first && now.getTime() - first.at.getTime() < KEY_LIVES_MS) return replay(c, key!, text, first)
      const mine: Kept = { at: now, body: text, answer: null }
      if (key !== undefined) kept.set(scope, mine)
      const deed = settle(() => forced(c) ?? act(body))
      if (!deed) {
        kept.delete(scope)
        throw new ConnectionCut()
      }
      const answer = { status: deed.status, text: JSON.stringify(deed.body) }
      await deed.before?.()
      if (deed.lateMs) await sleep(deed.lateMs, undefined, { ref: false })
      mine.answer = answer
      if (deed.isCut) throw new ConnectionCut()
      return respond(c, answer)
    },

    /** Answers a request that changes nothing twice. */
    plain(c: Context, act: () => Response): Response {
      authorize(c)
      const deed = forced(c)
      return deed ? c.json(deed.body, deed.status) : act()
    },

    /** How often keys were used again, for those whose key, path or bodies contain `text`. */
    stats(text: string) {
      const about = (it: object) => Object.values(it).some((value) => String(value).includes(text))
      return { idempotency_mismatches: mismatches.filter(about).length, idempotency_replays: replays.filter(about).length }
    },

    reset() {
      kept.clear()
      mismatches.length = 0
      replays.length = 0
    },
  }
}

/** `Basic base64("{secret key}:")`. */
function authorize(c: Context) {
  const credentials = readAuthorization(c, 'Basic')
  const text = credentials === undefined ? undefined : Buffer.from(credentials, 'base64').toString()
  if (!text?.endsWith(':')) throw refusal('INCORRECT_BASIC_AUTH_FORMAT')
  if (text !== `${workerVars.TOSS_SECRET_KEY}:`) throw refusal('UNAUTHORIZED_KEY')
}

/** A test key may ask for an error. */
function forced(c: Context): Deed | undefined {
  const code = c.req.header('TossPayments-Test-Code')
  return code ? { status: statusOf(code), body: failureOf(code) } : undefined
}

function settle(act: () => Deed | null): Deed | null {
  try {
    return act()
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body as object }
    throw error
  }
}

function respond(c: Context, { status, text }: { status: ContentfulStatusCode; text: string }): Response {
  return c.body(text, status, { 'Content-Type': 'application/json;charset=UTF-8' })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
