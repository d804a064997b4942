import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { sha256Hex } from '../../../src/core/hash.ts'
import { readMissedFromApple, reconcileWithApple } from '../../../src/modules/payments/stores/app-store/jobs.ts'
import { readVoided, reconcileWithGoogle } from '../../../src/modules/payments/stores/google-play/jobs.ts'
import { vendorUnavailable } from '../../../src/vendors/http.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { ANNUAL, MONTHLY, play, seePurchase } from '../../support/play.ts'
import { accountTokenOf, appStore, deliverApple, deliverGoogle, moveVendorClock, takeIn } from '../../support/store-events.ts'
import { storeRows } from '../../support/store-rows.ts'
import { runTask } from '../../support/tasks.ts'

const DAY_MS = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)
const { db, appStore: apple, play: google } = createTestDeps()

const KINDS = ['renewed', 'cancelled', 'resumed', 'refunded', 'in grace', 'on hold', 'upgraded', 'expired'] as const
type Kind = (typeof KINDS)[number]
const STATES: Readonly<Record<Kind, string>> = {
  renewed: 'active',
  cancelled: 'cancelled',
  resumed: 'active',
  refunded: 'revoked',
  'in grace': 'grace',
  'on hold': 'on_hold',
  upgraded: 'active',
  expired: 'expired',
}
/** Those whose period ends during the ten days. */
const ENDING: readonly Kind[] = ['renewed', 'in grace', 'on hold', 'expired']

interface Changed {
  readonly kind: Kind
  /** Of what there is after the change. */
  readonly external_id: string
  readonly ids: readonly string[]
}

/** Everything up to ten days ago is told, and nothing since. */
async function changeAtApple(kind: Kind): Promise<Changed> {
  const person = await signUp()
  const account_token = await accountTokenOf(person)
  const boughtAt = daysAgo(ENDING.includes(kind) ? 35 : 15)
  await moveVendorClock(account_token, boughtAt)
  const bought = await appStore('buy', { product: MONTHLY, account_token })
  const { purchase } = bought
  await deliverApple(bought.notifications, { now: () => boughtAt })
  const told = (action: string, more: object = {}) => appStore(action, { purchase, ...more })
  if (kind === 'resumed') await deliverApple((await told('auto-renew', { on: false })).notifications)
  await moveVendorClock(account_token, daysAgo(8))
  if (kind === 'cancelled' || kind === 'expired') await told('auto-renew', { on: false })
  if (kind === 'resumed') await told('auto-renew', { on: true })
  if (kind === 'refunded') await appStore('refund', { transaction: bought.transaction_id })
  if (kind === 'in grace') await told('fail', { when: 'due', grace_days: 16 })
  if (kind === 'on hold') await told('fail', { when: 'due', grace_days: 3 })
  if (kind === 'upgraded') await told('upgrade', { product: ANNUAL })
  await moveVendorClock(account_token, Date.now())
  return { kind, external_id: purchase, ids: [purchase] }
}

async function changeAtGoogle(kind: Kind): Promise<Changed> {
  const person = await signUp()
  const account_id = await accountTokenOf(person)
  const boughtAt = daysAgo(ENDING.includes(kind) ? 35 : 15)
  await moveVendorClock(account_id, boughtAt)
  const bought = await play('buy', { product: MONTHLY, account_id, send: false })
  const token = bought.purchase_token as string
  const told = (action: string, more: object = {}) => play(action, { token, send: false, ...more })
  if (kind === 'resumed') await told('cancel')
  await deliverGoogle(bought.notices, { now: () => boughtAt })
  // The acknowledgement is not what is tried here.
  await google.acknowledgeSubscription(MONTHLY, token)
  await moveVendorClock(account_id, daysAgo(8))
  let now = token
  if (kind === 'cancelled' || kind === 'expired') await told('cancel')
  if (kind === 'resumed') await told('restart')
  if (kind === 'refunded') await told('revoke')
  if (kind === 'in grace') await told('card', { fails: true, grace_days: 16 })
  if (kind === 'on hold') await told('card', { fails: true, grace_days: 3 })
  if (kind === 'upgraded') {
    now = (await told('upgrade', { product: ANNUAL, base_plan: 'annual' })).purchase_token
    // Nobody but the phone knows the new token.
    const { status } = await person.post('/payments/verify/google', { purchase_token: now, product_id: ANNUAL })
    expect(status).toBe(200)
    await google.acknowledgeSubscription(ANNUAL, now)
  }
  await moveVendorClock(account_id, new Date())
  return { kind, external_id: await sha256Hex(now), ids: [token, now] }
}

it('after ten days without a message, one pass of the nightly tasks makes all of a hundred changes agree with the stores', async () => {
  const changed: { store: 'apple' | 'google'; change: Changed }[] = []
  for (let n = 0; n < 100; n += 10)
    changed.push(
      ...(await Promise.all(
        Array.from({ length: 10 }, async (_, k) => {
          const kind = KINDS[(n + k) % KINDS.length]!
          return (n + k) % 16 < 8
            ? { store: 'apple' as const, change: await changeAtApple(kind) }
            : { store: 'google' as const, change: await changeAtGoogle(kind) }
        }),
      )),
    )
  const ids = new Set(changed.flatMap(({ change }) => change.ids))
  // Purchases of other tests live in other times.
  const queue = { sendBatch: async () => {} } as unknown as Queue
  const deps = createTestDeps({
    jobs: queue,
    pushes: queue,
    appStore: {
      ...apple,
      getSubscription: async (id, environment) => (ids.has(id) ? apple.getSubscription(id, environment) : null),
      listNotifications: async (query) => {
        const { notifications, pagination_token } = await apple.listNotifications(query)
        const mine = notifications.filter(({ transaction }) => transaction && ids.has(transaction.original_transaction_id))
        return { notifications: mine, pagination_token }
      },
    },
    play: {
      ...google,
      findSubscription: async (token) => {
        if (!ids.has(token)) throw vendorUnavailable()
        return google.findSubscription(token)
      },
      listVoided: async (query) => {
        const { voided, next_page_token } = await google.listVoided(query)
        return { voided: voided.filter(({ token }) => ids.has(token)), next_page_token }
      },
    },
  })
  // The last reads were before the messages stayed away.
  for (const name of ['google_play:voided', 'app_store:Production'])
    await db.execute(sql`
      INSERT INTO provider_cursors (name, read_until) VALUES (${name}, ${daysAgo(10).toISOString()})
      ON CONFLICT (name) DO UPDATE SET read_until = excluded.read_until`)
  const before = await Promise.all(changed.map(({ change }) => storeRows(change.external_id)))
  const wrong = before.filter(({ subscription }, n) => subscription?.state !== STATES[changed[n]!.change.kind])
  expect(wrong.length).toBeGreaterThan(50)

  for (const task of [reconcileWithApple, reconcileWithGoogle, readVoided]) await runTask(task, new Date(), deps)
  await agree(changed)
  const { rows } = await db.execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM payment_differences
    WHERE external_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(changed.map(({ change }) => change.external_id))}::jsonb))`)
  expect(rows[0]!.count).toBeGreaterThan(50)

  // What was told meanwhile comes after what was read, and changes nothing of it.
  await runTask(readMissedFromApple, new Date(), deps)
  const { rows: missed } = await db.execute<{ event_id: string }>(sql`
    SELECT event_id FROM provider_events
    WHERE provider = 'ios_iap' AND outcome IS NULL AND external_id IN (SELECT jsonb_array_elements_text(${JSON.stringify([...ids])}::jsonb))`)
  expect(missed.length).toBeGreaterThan(40)
  for (const { event_id } of missed) expect(await takeIn('ios_iap', event_id)).toBe('applied')
  await agree(changed)
}, 600_000)

/** Whether all is as the stores themselves say. */
async function agree(changed: readonly { store: 'apple' | 'google'; change: Changed }[]) {
  for (const { store, change } of changed) {
    const { subscription, ledger } = await storeRows(change.external_id)
    const about = `${store} ${change.kind}`
    expect([about, subscription?.state]).toEqual([about, STATES[change.kind]])
    if (change.kind === 'renewed') expect([about, ledger]).toEqual([about, ['charge 3900', 'charge 3900']])
    if (change.kind === 'refunded') expect([about, ledger]).toEqual([about, ['charge 3900', 'refund -3900']])
    const { rows } = await db.execute<{ ends_at: string; plan: string }>(
      sql`SELECT to_json(ends_at) AS ends_at, plan FROM subscriptions WHERE external_id = ${change.external_id}`,
    )
    const ours = { ends: Date.parse(rows[0]!.ends_at), auto_renew: subscription!.auto_renew, plan: rows[0]!.plan }
    expect([about, ours]).toEqual([about, { ...ours, ...(await standing(store, change)) }])
  }
}

/** What a store itself says. */
async function standing(store: 'apple' | 'google', { ids, kind }: Changed) {
  const isRunning = ['active', 'cancelled'].includes(STATES[kind])
  if (store === 'apple') {
    const [theirs] = (await apple.getSubscription(ids[0]!, 'Production'))!
    const { transaction, renewal } = theirs!
    return {
      auto_renew: renewal.auto_renew,
      plan: transaction.product_id === ANNUAL ? 'annual' : 'monthly',
      ...(isRunning && { ends: transaction.expires_at!.getTime() }),
    }
  }
  const theirs = await seePurchase(ids.at(-1)!)
  return { auto_renew: theirs.auto_renew, ...(isRunning && { ends: Date.parse(theirs.expires_at) }) }
}
