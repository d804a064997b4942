import { cloud } from './cloud.ts'

export interface Fault {
  /** `neon`, `redis`, or a vendor's host. */
  host: string
  path?: string
  status?: number
  delay_ms?: number
  body?: unknown
  cut?: 'before' | 'after'
  times?: number
  /** Only requests with this text fail, so that tests that run at the same time do not disturb each other. */
  key?: string
  match?: string
}

/** Makes the cloud fail, by the simulators' `POST /_sim/faults`. */
export async function injectFault(fault: Fault): Promise<void> {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim/faults`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(fault),
  })
  if (!response.ok) throw new Error(`the fault was refused: ${await response.text()}`)
}
