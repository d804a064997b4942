import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { findPort } from '../../dev/launcher/addresses.ts'

const PORT = await findPort()
export const ORIGIN = `http://127.0.0.1:${PORT}`
export const SIMULATORS = `http://127.0.0.1:${PORT + 3}`

/** For anything that is waited for. */
export const WAIT_MS = 15_000

export class TestFailed extends Error {}

export function check(holds: boolean, what: string): void {
  if (!holds) throw new TestFailed(`expected ${what}`)
}

export const step = (title: string) => console.log(`● ${title}`)

/** What no step may leave behind, whatever it shows. `origins` may be asked besides our own, and a refusal that says one of `refusals` is meant. */
export function watch(page: Page, { origins = [], refusals = [] }: { origins?: string[]; refusals?: number[] } = {}): string[] {
  const faults: string[] = []
  const hosts = [ORIGIN, ...origins].map((origin) => new URL(origin).host)
  const expectOrigin = (url: string) => {
    const { protocol, host } = new URL(url)
    if (protocol !== 'data:' && !hosts.includes(host)) faults.push(`a request to ${url}`)
  }
  page.on('console', (message) => {
    const [, refusal] = /^Failed to load resource: .* status of (\d+)/.exec(message.text()) ?? []
    if (refusals.includes(Number(refusal))) return
    if (['error', 'warning'].includes(message.type())) faults.push(`${message.type()} in the console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`))
  page.on('request', (request) => expectOrigin(request.url()))
  page.on('websocket', (socket) => expectOrigin(socket.url()))
  return faults
}

/** The sizes at which a page is looked at, in light and dark. */
export async function shoot(page: Page, folder: string, name: string, tallest = 1_600): Promise<void> {
  for (const [width, height] of [
    [390, 844],
    [820, 1_180],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height })
    const overhang = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
    check(overhang <= 0, `nothing to stick out at ${width} pixels (${overhang} do)`)
    const tall = await page.evaluate<number>('document.documentElement.scrollHeight')
    check(tall < tallest, `the page to be less than ${tallest} pixels tall at ${width} (it is ${tall})`)
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
}

export async function until<T>(what: string, look: () => Promise<T | undefined>, waitMs = WAIT_MS): Promise<T> {
  for (const end = Date.now() + waitMs; Date.now() < end; await sleep(100)) {
    const found = await look()
    if (found !== undefined) return found
  }
  throw new TestFailed(`expected ${what}`)
}
