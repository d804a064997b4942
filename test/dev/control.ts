import { expect } from 'vitest'
import { cloud } from '../support/cloud.ts'

/** The simulators' control surface, `/_sim`; without a body it is a GET. */
export async function sim(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: (text ? JSON.parse(text) : null) as any }
}

/** Tests share the simulators, so every fault names what only its own requests carry. */
export async function addFault(fault: { host: string; key: string; [name: string]: unknown }) {
  const { status, json } = await sim('/faults', fault)
  expect({ status, json }).toMatchObject({ status: 201 })
}
