import { DemoFailed, say, type Session, step, WORKER } from '../stage.ts'

let paths: Promise<Set<string>> | undefined

/** The paths of the API that runs, from its own document. */
function standing(): Promise<Set<string>> {
  paths ??= fetch(`${WORKER}/openapi.json`).then(
    async (response) => new Set(Object.keys(((await response.json()) as { paths: object }).paths)),
  )
  return paths
}

/** Plays an act if the API has all that it asks. If not, it says so, because an act that is left out in silence looks like one that went well. */
export async function playIfThere(title: string, asks: readonly string[], act: () => Promise<void>): Promise<void> {
  const there = await standing()
  const missing = asks.filter((path) => !there.has(path))
  step(title)
  if (missing.length > 0) say(`    ✗ left out: this API has no ${missing.join(', ')}`)
  else await act()
}

/** Asks as the app does, for paths that the client here may be too old to know. */
export async function ask<T>({ tokens }: Session, method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object): Promise<T> {
  const response = await fetch(new URL(path, WORKER), {
    method,
    headers: { Authorization: `Bearer ${tokens?.access_token}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new DemoFailed(`${method} ${path} answered ${response.status}: ${text}`)
  return (text === '' ? null : JSON.parse(text)) as T
}
