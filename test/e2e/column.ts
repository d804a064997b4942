import type { Locator, Page } from 'playwright-core'
import { Client, type Tokens } from '../../client/src/index.ts'
import { until } from './browser.ts'

/** One owner's column of the page. */
export class Column {
  readonly root: Locator
  readonly nickname: string
  readonly #page: Page
  readonly #key: 'a' | 'b'

  constructor(page: Page, key: 'a' | 'b', nickname: string) {
    this.#page = page
    this.#key = key
    this.root = page.locator(`[data-owner=${key}]`)
    this.nickname = nickname
  }

  /** The app's client, signed in as the owner is. */
  async client(baseUrl: string): Promise<Client> {
    const saved = await this.#page.evaluate<string>(`sessionStorage.getItem('playground.${this.#key}')`)
    const { tokens } = JSON.parse(saved) as { tokens: Tokens }
    return new Client({ baseUrl, store: { get: async () => tokens, set: async () => {} } })
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

  /** Goes to one of the tabs. */
  async open(
    tab: 'home' | 'walk' | 'together' | 'meetups' | 'outdoors' | 'courses' | 'feed' | 'record' | 'premium' | 'notices' | 'me',
  ): Promise<void> {
    await this.root.locator(`[data-tab=${tab}]`).click()
  }

  /** Seconds of the walk that the phone has behind it. */
  async walkedSec(): Promise<number> {
    return secondsOf((await this.part('walked').textContent()) ?? '')
  }

  /** Seconds that the whole way takes. */
  async lengthSec(): Promise<number> {
    return secondsOf((await this.part('length').textContent()) ?? '')
  }

  /** Where the other one is, as this one is shown. */
  whereabouts(of: Column): Locator {
    return this.part('friends').locator('li', { hasText: of.nickname }).locator('span')
  }
}

/** `0:08:30`, wherever it stands in a text. */
export function secondsOf(text: string): number {
  const [, h = '', m = '', s = ''] = /(\d+):(\d\d):(\d\d)/.exec(text) ?? []
  return Number(h) * 3_600 + Number(m) * 60 + Number(s)
}

export const COORDINATES = /^37\.\d{5}, 127\.\d{5}$/

/** Shown, and shown elsewhere after a while. */
export async function seesMoving(one: Column, other: Column): Promise<void> {
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
