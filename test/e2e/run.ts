import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { readOptions } from '../../dev/launcher/options.ts'
import { moderate } from './admin.ts'
import { check, ORIGIN, SIMULATORS, TestFailed, WAIT_MS, watch } from './browser.ts'
import { playTogether } from './playground.ts'

/** People on our pages, in a real browser, against the stack of `npm run dev`. */

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

interface Scenario {
  readonly title: string
  readonly play: (page: Page, screenshots: string) => Promise<void>
  /** What the page may ask besides our own origin, and which refusals are meant. */
  readonly watched?: { origins: string[]; refusals: number[] }
  readonly longestMs: number
}

const SCENARIOS: Readonly<Record<'admin' | 'playground', Scenario>> = {
  // The simulated Kakao shows its own page. An admin is refused on purpose, and once comes too late.
  admin: { title: 'The moderation', play: moderate, watched: { origins: [SIMULATORS], refusals: [403, 409] }, longestMs: 240_000 },
  playground: { title: 'The walk', play: playTogether, longestMs: 420_000 },
}

async function playIn(browser: Browser, { title, play, watched, longestMs }: Scenario, folder: string): Promise<void> {
  const page = await browser.newPage()
  page.setDefaultTimeout(WAIT_MS)
  const faults = watch(page, watched)
  const began = Date.now()
  const deadline = setTimeout(() => void page.close(), longestMs)
  try {
    await play(page, folder).catch(async (error: unknown) => {
      await page.screenshot({ path: join(folder, 'failed.png'), fullPage: true }).catch(() => {})
      for (const fault of faults) console.error(`  ${fault}`)
      throw error
    })
    check(faults.length === 0, `no fault, but there was ${faults.join('; ')}`)
  } finally {
    clearTimeout(deadline)
    await page.close()
  }
  console.log(`${title} went well (${Math.round((Date.now() - began) / 1_000)} s).`)
}

async function main(): Promise<void> {
  const { screenshots, only } = readOptions('npm run e2e --', 'two owners on the playground, and an admin on their page, in a browser', {
    screenshots: { type: 'string', about: 'the folder for the screenshots' },
    only: { type: 'string', about: 'playground or admin' },
  })
  const chosen = Object.entries(SCENARIOS).filter(([name]) => only === undefined || name === only)
  check(chosen.length > 0, `--only to be one of ${Object.keys(SCENARIOS).join(', ')}`)
  const folder = screenshots ?? (await mkdtemp(join(tmpdir(), 'e2e-')))
  await mkdir(folder, { recursive: true })
  await fetch(`${ORIGIN}/health`, { signal: AbortSignal.timeout(WAIT_MS) }).catch((cause: unknown) => {
    throw new TestFailed(`nothing answers at ${ORIGIN}; start it with npm run dev`, { cause })
  })
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET, timeout: WAIT_MS })
  try {
    for (const [, scenario] of chosen) await playIn(browser, scenario, folder)
  } finally {
    await browser.close()
    console.log(`screenshots in ${folder}`)
  }
}

try {
  await main()
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
