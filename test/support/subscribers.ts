import { sql } from 'drizzle-orm'
import { DAY_MS } from '../../src/core/time.ts'
import { firstRow } from '../../src/db/client.ts'
import { createTestDeps } from './api.ts'
import { signUp } from './login.ts'
import { listRows } from './rows.ts'

/** Rows of payments that a test writes itself, as the providers and the charges make them. */

const CARD = { issuer_code: '41', number: '43301234****123*', type: '신용' }

interface Contract {
  readonly user_id: string
  /** When what is paid or tried ends. */
  readonly ends_at: Date
  readonly kind?: 'trial' | 'paid'
  readonly plan?: 'monthly' | 'annual'
  readonly days?: number
  /** What was paid, and agreed to for renewals. */
  readonly price_won?: number
}

/** A subscription at Toss in its first period, with a card. */
export async function subscribeAtToss({ user_id, ends_at, kind = 'paid', plan = 'monthly', days = 7, price_won = 3_900 }: Contract) {
  const { db, vault } = createTestDeps()
  const [id, key] = [crypto.randomUUID(), crypto.randomUUID()]
  const started = new Date(ends_at.getTime() - days * DAY_MS).toISOString()
  const ends = ends_at.toISOString()
  await db.execute(sql`
    INSERT INTO billing_keys (id, user_id, customer_key, sealed_key, key_hash, card, created_at)
    VALUES (${key}, ${user_id}, ${crypto.randomUUID()}, ${await vault.seal(key)}, ${key}, ${JSON.stringify(CARD)}::jsonb, ${started})`)
  await db.execute(sql`
    INSERT INTO subscriptions (id, user_id, person_ref, provider, environment, external_id, plan, anchor_at, months, period_no, billing_key_id, created_at)
    SELECT ${id}, users.id, users.store_account_token, 'toss', 'production', ${id}, ${plan}, ${kind === 'trial' ? ends : started}, ${kind === 'trial' ? 0 : 1},
           ${kind === 'trial' ? 0 : 1}, ${key}, ${started}
    FROM users
    WHERE users.id = ${user_id}`)
  await db.execute(sql`INSERT INTO subscription_owners (subscription_id, from_at, user_id) VALUES (${id}, '-infinity', ${user_id})`)
  await db.execute(sql`
    INSERT INTO period_facts (subscription_id, ref, fact_at, event_id, kind, plan, starts_at, ends_at, amount_won, currency, tells_revocation)
    VALUES (${id}, '0', ${started}, 'test', ${kind}, ${plan}, ${started}, ${ends}, ${kind === 'trial' ? 0 : price_won}, 'KRW', true)`)
  await consent({ user_id, subscription_id: id, kind: 'auto_renewal', plan, price_won, at: new Date(started) })
  await db.execute(sql`SELECT fold_subscription(${id}, ${started}, false)`)
  return { id, billing_key_id: key, started_at: new Date(started) }
}

export async function consent(of: {
  readonly user_id: string
  readonly subscription_id: string
  readonly kind: 'auto_renewal' | 'trial_conversion' | 'price_rise'
  readonly at: Date
  readonly plan?: string
  readonly price_won?: number
  readonly is_agreed?: boolean
}) {
  await createTestDeps().db.execute(sql`
    INSERT INTO payment_consents (user_id, person_ref, subscription_id, kind, is_agreed, plan, document_version, price_after, method, agreed_at)
    SELECT users.id, users.store_account_token, ${of.subscription_id}, ${of.kind}, ${of.is_agreed ?? true}, ${of.plan ?? 'monthly'}, '1', ${of.price_won ?? 3_900}, 'toss',
           ${of.at.toISOString()}
    FROM users
    WHERE users.id = ${of.user_id}`)
}

/** What a store says, in the names of `PurchaseFacts`. */
export async function applyAtStore(
  purchase: object,
  at: Date,
  { counts_sandbox = false } = {},
): Promise<{ outcome: string; subscription_id: string }> {
  const row = await firstRow<{ applied: { outcome: string; subscription_id: string } }>(
    createTestDeps().db,
    sql`SELECT apply_purchase(${JSON.stringify(purchase)}::jsonb, ${at.toISOString()}, ${counts_sandbox}) AS applied`,
  )
  if (!row) throw new Error('nothing was applied')
  return row.applied
}

/** What somebody was told, the earliest first. */
export const toldTo = (user_id: string) =>
  listRows<{ type: string; facts: any; created_at: string; topic: string }>(
    sql`SELECT type, facts, topic, to_json(created_at) AS created_at FROM notifications WHERE user_id = ${user_id} ORDER BY notifications.created_at, type`,
  )

export const newPerson = async (): Promise<string> => (await signUp()).user.user_id
