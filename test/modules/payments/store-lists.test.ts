import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../src/core/hash.ts'
import { readMissedFromApple } from '../../../src/modules/payments/stores/app-store/jobs.ts'
import { readVoided } from '../../../src/modules/payments/stores/google-play/jobs.ts'
import type { StoreNotification } from '../../../src/vendors/app-store/claims.ts'
import { vendorUnavailable } from '../../../src/vendors/http.ts'
import { createTestDeps, type DepsOverrides } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { MONTHLY, play } from '../../support/play.ts'
import { accountTokenOf, appStore, deliverApple, takeIn } from '../../support/store-events.ts'
import { storeRows } from '../../support/store-rows.ts'
import { runTask } from '../../support/tasks.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)
const { db, appStore: apple, play: google } = createTestDeps()

/** How many calls to Postgres and queues the fullest message has made. */
function counting(overrides: DepsOverrides) {
  const counted = { most: 0, calls: 0 }
  const queue = { sendBatch: async () => void counted.calls++ } as unknown as Queue
  const count = <T extends object>(of: T, names: readonly string[]): T =>
    new Proxy(of, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (names.includes(String(name))) counted.calls++
          return Reflect.apply(value, target, args)
        }
      },
    })
  const deps = createTestDeps({ ...overrides, jobs: queue, pushes: queue })
  return { counted, deps: Object.create(deps, { db: { value: count(deps.db, ['batch', 'insert']) } }) as typeof deps }
}

describe('reading what Apple has sent', () => {
  // Nothing is read where nothing was ever bought.
  beforeAll(async () => void (await deliverApple((await appStore('buy', { product: MONTHLY })).notifications)))

  const read = (listNotifications: typeof apple.listNotifications, at = new Date()) =>
    runTask(readMissedFromApple, at, createTestDeps({ appStore: { ...apple, listNotifications } }))
  const cursors = async () =>
    (
      await db.execute<{ name: string; at: string }>(
        sql`SELECT name, to_json(read_until) AS at FROM provider_cursors WHERE name LIKE 'app_store:%' ORDER BY name`,
      )
    ).rows

  /** Notifications of so many purchases, none of which was delivered. */
  async function missed(count: number) {
    const notifications: StoreNotification[] = []
    for (let n = 0; n < count; n++) {
      const bought = await appStore('buy', { product: MONTHLY, account_token: await accountTokenOf(await signUp()) })
      notifications.push((await apple.readNotification(bought.notifications[0].signed_payload))!)
    }
    return notifications
  }

  it('goes on through all pages, and after a failure in the middle later, and stores each once', async () => {
    const notifications = await missed(6)
    const page = (of: string | null | undefined) => Number(of ?? 0)
    const asked: { from: Date; to: Date; page: number }[] = []
    let isBroken = true
    const list: typeof apple.listNotifications = async ({ from, to, environment, paginationToken }) => {
      if (environment === 'Sandbox') return { notifications: [], pagination_token: null }
      const n = page(paginationToken)
      asked.push({ from, to, page: n })
      if (n === 1 && isBroken) throw vendorUnavailable()
      return { notifications: notifications.slice(2 * n, 2 * n + 2), pagination_token: n < 2 ? String(n + 1) : null }
    }
    const [firstAt, laterAt] = [new Date(), new Date(Date.now() + HOUR_MS)]
    const before = await cursors()
    await expect(read(list, firstAt)).rejects.toThrow(vendorUnavailable().message)
    expect(await cursors()).toEqual(before)
    isBroken = false
    expect(await read(list, laterAt)).toEqual({ stored: 4 })
    const last = asked.slice(-3)
    expect(last.map((it) => it.page)).toEqual([0, 1, 2])
    // Apple refuses a page of another question.
    expect(new Set(last.map(({ from, to }) => `${from.getTime()} ${to.getTime()}`)).size).toBe(1)
    expect((await cursors()).map(({ at }) => Date.parse(at))).toEqual([laterAt.getTime(), laterAt.getTime()])
    for (const { notification_id, transaction } of notifications) {
      await takeIn('ios_iap', notification_id)
      expect(await storeRows(transaction!.transaction_id)).toMatchObject({ ledger: ['charge 3900'], outcomes: ['applied'] })
    }
    expect(await read(list, laterAt)).toEqual({ stored: 0 })
  })

  it('ends where the list does not, and begins again with the next hour', async () => {
    let calls = 0
    const before = await cursors()
    await read(async () => ({ notifications: [], pagination_token: String(++calls) }))
    expect(calls).toBe(4_000)
    expect(await cursors()).toEqual(before)
  }, 120_000)

  it('never looks further back than Apple does', async () => {
    await db.execute(sql`
      INSERT INTO provider_cursors (name, read_until) VALUES ('app_store:Production', ${daysAgo(400).toISOString()})
      ON CONFLICT (name) DO UPDATE SET read_until = excluded.read_until`)
    const looked: Date[] = []
    await read(async ({ from }) => {
      looked.push(from)
      return { notifications: [], pagination_token: null }
    })
    for (const from of looked) expect(from.getTime()).toBeGreaterThan(daysAgo(180).getTime())
  })

  it('stores a full page in one trip', async () => {
    const notifications = await missed(20)
    const { counted, deps } = counting({
      appStore: {
        ...apple,
        listNotifications: async ({ environment }) => ({
          notifications: environment === 'Production' ? notifications : [],
          pagination_token: null,
        }),
      },
    })
    const { counts } = await readMissedFromApple.run(deps, new Date(), null)
    expect(counts).toEqual({ stored: 20 })
    expect(counted.calls).toBeLessThan(5)
  })
})

describe('reading what Google has voided', () => {
  it('takes in a whole list of one moment, goods too, and goes on after one that fails', async () => {
    const voided_at = new Date()
    const tokens: string[] = []
    const entry = (token: string, order_id: string) => ({
      token,
      order_id,
      purchased_at: voided_at,
      voided_at,
      source: 'user' as const,
      reason: 'remorse' as const,
    })
    for (let n = 0; n < 14; n++) {
      const person = await signUp()
      const { purchase_token } = await play('buy', { product: MONTHLY, account_id: await accountTokenOf(person), send: false })
      await person.post('/payments/verify/google', { purchase_token, product_id: MONTHLY })
      tokens.push(purchase_token)
    }
    const buyer = await signUp()
    const good = await play('buy-product', { product: 'com.withbowwow.theme.dark', account_id: await accountTokenOf(buyer), send: false })
    await buyer.post('/payments/verify/google', { purchase_token: good.purchase_token, product_id: 'com.withbowwow.theme.dark' })
    const voided = await Promise.all(
      tokens.map(async (token) => {
        const found = await google.findSubscription(token)
        return entry(token, found.found ? found.read.items[0]!.order_id! : '')
      }),
    )
    const sold = await google.findProduct(good.purchase_token)
    voided.push(entry(good.purchase_token, sold.found ? sold.read.order_id! : ''))
    let isBroken = true
    const deps = createTestDeps({
      play: {
        ...google,
        listVoided: async () => ({ voided, next_page_token: null }),
        findSubscription: async (token) => {
          if (isBroken && token === tokens[3]) throw vendorUnavailable()
          return google.findSubscription(token)
        },
      },
    })
    const [firstAt, laterAt] = [new Date(), new Date(Date.now() + HOUR_MS)]
    expect(await runTask(readVoided, firstAt, deps)).toEqual({ applied: 14, failed: 1 })
    isBroken = false
    await runTask(readVoided, laterAt, deps)
    for (const token of tokens) expect((await storeRows(await sha256Hex(token))).ledger).toEqual(['charge 3900', 'refund -3900'])
    expect((await buyer.get('/users/me/items')).json.items).toEqual([])
    const { rows } = await db.execute<{ at: string }>(
      sql`SELECT to_json(read_until) AS at FROM provider_cursors WHERE name = 'google_play:voided'`,
    )
    expect(Date.parse(rows[0]!.at)).toBe(laterAt.getTime())
  })

  it('ends where the list does not', async () => {
    let calls = 0
    const listVoided = async () => ({ voided: [], next_page_token: String(++calls) })
    await runTask(readVoided, new Date(), createTestDeps({ play: { ...google, listVoided } }))
    expect(calls).toBe(2_000)
  })
})
