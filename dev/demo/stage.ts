import { type Answer, ApiProblem, Client, type ClientOptions, type Tokens } from '../../client/src/index.ts'
import { findPort } from '../launcher/addresses.ts'

const PORT = await findPort()
export const WORKER = `http://127.0.0.1:${PORT}`
export const SIMULATORS = `http://127.0.0.1:${PORT + 3}`

export class DemoFailed extends Error {}

/** The tokens of somebody, on whichever of their devices. */
export interface Session {
  tokens: Tokens | null
}

/** The phone of somebody, with a build of the app. */
export function makeClient({
  session = { tokens: null },
  ...options
}: { session?: Session } & Pick<ClientOptions, 'channel'> = {}): Client {
  const store = { get: async () => session.tokens, set: async (given: Tokens | null) => void (session.tokens = given) }
  return new Client({ baseUrl: WORKER, store, retries: 0, ...options })
}

/** What an app has after the login with Kakao's SDK, of somebody whom nobody knows yet. */
export async function logInWithKakao(): Promise<{ code: string; redirect_uri: string }> {
  const id = String(1_000_000_000 + Math.floor(Math.random() * 8_000_000_000))
  const response = await fetch(`${SIMULATORS}/_sim/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ provider: 'kakao', id }),
  }).catch((cause: unknown) => {
    throw new DemoFailed(`nothing answers at ${WORKER} (simulators ${SIMULATORS}); start it with npm run dev, or say PORT`, { cause })
  })
  return response.json() as Promise<{ code: string; redirect_uri: string }>
}

export type Completion = NonNullable<Answer<'post', '/walks/{id}/complete'>>

/** What the API answers to a call that it should refuse. */
export async function refused(call: Promise<unknown>): Promise<ApiProblem> {
  const error = await call.then(
    () => null,
    (cause: unknown) => cause,
  )
  if (error instanceof ApiProblem) return error
  throw error ?? new DemoFailed('the API took what it should refuse')
}

export function check(holds: boolean, what: string): void {
  if (!holds) throw new DemoFailed(`expected ${what}`)
}

export const say = (line = '') => console.log(line)

let today = ''
/** From here on acts belong to that day. */
export const beginDay = (name: string) => void (today = `${name} · `)
export const step = (title: string) => say(`\n● ${today}${title}`)
export const km = (metres: number) => `${(metres / 1_000).toFixed(2)} km`
