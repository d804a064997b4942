import { setTimeout as sleep } from 'node:timers/promises'
import { DemoFailed, SIMULATORS } from './stage.ts'

/** Asks the simulated vendors for something (`GET /_sim` lists what there is). */
export async function sim<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${SIMULATORS}/_sim/${path}`, { ...(body && { method: 'POST', body: JSON.stringify(body) }) }).catch(
    (cause: unknown) => {
      throw new DemoFailed(`no simulators answer at ${SIMULATORS}; start them with npm run dev, or say PORT`, { cause })
    },
  )
  const text = await response.text()
  if (!response.ok) throw new DemoFailed(`/_sim/${path} answered ${response.status}: ${text}`)
  return JSON.parse(text) as T
}

/** Moves the time of the vendors for one person or purchase, and lets happen what has fallen due. */
export const moveClock = (key: string, now: Date) => sim<{ happened: unknown[] }>('clock', { now: now.toISOString(), for: key })

/** What somebody paid at Toss, by what Toss says. */
export async function takenByToss(customer_key: string): Promise<{ approved: number; balance: number }> {
  return sim(`toss/payments?customer_key=${customer_key}`)
}

/** A card of nobody else's. Its last four digits say what becomes of each charge. */
export function cardThatEnds(outcome: string): string {
  return `4${Array.from(crypto.getRandomValues(new Uint8Array(11)), (byte) => byte % 10).join('')}${outcome}`
}

/** Asks again until something is there, because notices pass through a queue. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(150)
  }
  throw new DemoFailed(`expected ${what}`)
}
