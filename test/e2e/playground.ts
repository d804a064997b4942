import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { findPort } from '../../dev/launcher/addresses.ts'
import { readOptions } from '../../dev/launcher/options.ts'

/** Two owners on the playground's page, in a real browser, against the stack of `npm run dev`. */

const ORIGIN = `http://127.0.0.1:${await findPort()}`
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
/** For anything that is waited for, and for all of it. */
const WAIT_MS = 15_000
const LONGEST_MS = 180_000
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

class TestFailed extends Error {}

function check(holds: boolean, what: string): void {
  if (!holds) throw new TestFailed(`expected ${what}`)
}

const step = (title: string) => console.log(`● ${title}`)

/** One owner's column of the page. */
class Column {
  readonly root: Locator
  readonly nickname: string

  constructor(page: Page, key: 'a' | 'b', nickname: string) {
    this.root = page.locator(`[data-owner=${key}]`)
    this.nickname = nickname
  }

  async press(name: string): Promise<void> {
    await this.root.getByRole('button', { name, exact: true }).click()
  }

  part(name: string): Locator {
    return this.root.locator(`[data-part=${name}]`)
  }

  async shows(part: string, text: string | RegExp): Promise<void> {
    await this.part(part).filter({ hasText: text }).waitFor()
  }

  async logIn(): Promise<void> {
    await this.root.getByLabel('이름').fill(this.nickname)
    await this.press('카카오로 로그인')
    await this.part('signed-in').waitFor()
    await this.shows('title', this.nickname)
  }

  /** Where the other one is, as this one is shown. */
  whereabouts(of: Column): Locator {
    return this.part('friends').locator('li', { hasText: of.nickname }).locator('span')
  }
}

const COORDINATES = /^37\.\d{5}, 127\.\d{5}$/

/** Shown, and shown elsewhere after a while. */
async function seesMoving(one: Column, other: Column): Promise<void> {
  const place = one.whereabouts(other)
  const first = await until(`${one.nickname} to see a position`, async () => {
    const text = (await place.textContent()) ?? ''
    return COORDINATES.test(text) ? text : undefined
  })
  await until(`${one.nickname} to see it move`, async () => {
    const text = (await place.textContent()) ?? ''
    return COORDINATES.test(text) && text !== first ? text : undefined
  })
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(100)) {
    const found = await look()
    if (found !== undefined) return found
  }
  throw new TestFailed(`expected ${what}`)
}

/** What no step may leave behind, whatever it shows. */
function watch(page: Page): string[] {
  const faults: string[] = []
  const expectOrigin = (url: string) => {
    const { protocol, host } = new URL(url)
    if (protocol !== 'data:' && host !== new URL(ORIGIN).host) faults.push(`a request to ${url}`)
  }
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${message.type()} in the console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`))
  page.on('request', (request) => expectOrigin(request.url()))
  page.on('websocket', (socket) => expectOrigin(socket.url()))
  return faults
}

async function play(page: Page, screenshots: string): Promise<void> {
  const shoot = async (name: string) => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.screenshot({ path: join(screenshots, `${name}-1280.png`), fullPage: true })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.screenshot({ path: join(screenshots, `${name}-390.png`), fullPage: true })
    const overhang = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
    check(overhang <= 0, `nothing to stick out at 390 pixels (${overhang} do)`)
    await page.setViewportSize({ width: 1280, height: 900 })
  }
  const tag = Math.random().toString(36).slice(2, 7)
  const [father, mother] = [new Column(page, 'a', `초코아빠${tag}`), new Column(page, 'b', `콩이엄마${tag}`)]

  step('both log in')
  const answer = await page.goto(`${ORIGIN}/playground`)
  check(answer?.ok() === true, 'the page to be there')
  check(/default-src 'self'/.test(answer?.headers()['content-security-policy'] ?? ''), 'a policy that keeps to this origin')
  await father.logIn()
  await mother.logIn()

  step('one invites, the other accepts')
  await father.press('초대하기')
  await mother.shows('invitation', '답을 기다리는 중')
  await mother.press('수락')
  await father.shows('invitation', '수락됨')

  step('both are in the room')
  for (const owner of [father, mother]) {
    await owner.press('방 들어가기')
    await owner.shows('room', '함께 걷는 중')
  }

  step('near home there is no position')
  await page.getByRole('button', { name: '×10' }).click()
  for (const owner of [father, mother]) await owner.press('산책 시작')
  await mother.whereabouts(father).filter({ hasText: '만나러 오는 중' }).waitFor()
  await shoot('near-home')

  step('each sees the other walk, who wants to be seen')
  for (const owner of [father, mother]) await owner.press('집 근처에서도 보여주기')
  await Promise.all([seesMoving(mother, father), seesMoving(father, mother)])
  check((await page.locator('.map .seen').count()) === 2, 'the map to show both as the other sees them')
  await sleep(3_000)
  await shoot('walking')

  step('and no longer, who has changed their mind')
  await father.press('집 근처에서는 숨기기')
  await mother.whereabouts(father).filter({ hasText: '만나러 오는 중' }).waitFor()
  await father.press('집 근처에서도 보여주기')
  await seesMoving(mother, father)

  step('who is blocked hears nothing more')
  await father.press('상대 차단')
  await mother.shows('room', '4003')
  check((await mother.whereabouts(father).count()) === 0, 'nothing of the other to be left')
  await father.press('차단 해제')
  for (const owner of [father, mother]) {
    await until('the room to be open again', async () => {
      if (/함께 걷는 중/.test((await owner.part('room').textContent()) ?? '')) return true
      const join = owner.root.getByRole('button', { name: '방 들어가기', exact: true })
      if (await join.isEnabled({ timeout: 1_000 }).catch(() => false)) await join.click()
      return undefined
    })
  }
  for (const owner of [father, mother]) {
    const reveal = owner.root.getByRole('button', { name: '집 근처에서도 보여주기', exact: true })
    if (await reveal.isVisible()) await reveal.click()
  }
  await Promise.all([seesMoving(mother, father), seesMoving(father, mother)])

  step('both complete their walks, with a first badge')
  for (const owner of [father, mother]) {
    await owner.press('산책 완료')
    await owner.shows('result-title', '산책 완료!')
    await owner.shows('badges', '첫 발자국')
    check(/^(0\.[5-9]|1\.[0-4])\d\skm/.test((await owner.part('figures').textContent()) ?? ''), 'the distance of the short walk')
    await owner.shows('ledger', owner === father ? mother.nickname : father.nickname)
  }
  await shoot('completed')

  step('a car is refused')
  await mother.press('차로 달려 보기')
  await mother.shows('result-title', '인정되지 않았어요')
  await mother.shows('reasons', '탈것')

  step('the walk together ends')
  await mother.press('함께 걷기 끝내기')
  await mother.shows('room', '1000')
  await father.shows('friends', '방에 없어요')
  await father.press('초대 취소')
  await mother.shows('invitation', '취소됨')
  await father.shows('room', '4002')
  await shoot('over')
}

async function main(): Promise<void> {
  const { screenshots } = readOptions('npm run e2e --', "two owners on the playground's page, in a browser", {
    screenshots: { type: 'string', about: 'the folder for the screenshots' },
  })
  const folder = screenshots ?? (await mkdtemp(join(tmpdir(), 'playground-')))
  await mkdir(folder, { recursive: true })
  await fetch(`${ORIGIN}/health`, { signal: AbortSignal.timeout(WAIT_MS) }).catch((cause: unknown) => {
    throw new TestFailed(`nothing answers at ${ORIGIN}; start it with npm run dev`, { cause })
  })
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET, timeout: WAIT_MS })
  const deadline = setTimeout(() => void browser.close(), LONGEST_MS)
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(WAIT_MS)
    const faults = watch(page)
    await play(page, folder).catch(async (error: unknown) => {
      await page.screenshot({ path: join(folder, 'failed.png'), fullPage: true }).catch(() => {})
      for (const fault of faults) console.error(`  ${fault}`)
      throw error
    })
    check(faults.length === 0, `no fault, but there was ${faults.join('; ')}`)
  } finally {
    clearTimeout(deadline)
    await browser.close()
    console.log(`screenshots in ${folder}`)
  }
  console.log('The walk went well.')
}

try {
  await main()
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
