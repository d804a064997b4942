import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { runBatch } from '../../../src/db/client.ts'
import type { PeriodFact, PurchaseFacts, RenewalFact } from '../../../src/modules/payments/ledger/facts.ts'
import { applyPurchase } from '../../../src/modules/payments/ledger/sql.ts'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { signUp } from '../../support/login.ts'

const DAY_MS = 86_400_000
const START = Date.parse('2026-01-05T03:00:00Z')
const ORDERS = 5_040
/** Some of all, evenly spread. */
const TRIED = histories(504)
const { db } = createTestDeps()

const day = (days: number) => new Date(START + days * DAY_MS).toISOString()
const TRIAL = { ref: 'trial', kind: 'trial', starts: 0, ends: 7, amount_won: 0 } as const
const SECOND = { ref: 'second', kind: 'paid', starts: 7, ends: 37, amount_won: 3_900 } as const
const THIRD = { ref: 'third', kind: 'paid', starts: 37, ends: 67, amount_won: 3_900 } as const

const HISTORY = [
  told('SUBSCRIBED', 0, TRIAL),
  told('DID_RENEW', 7, SECOND),
  told('DID_FAIL_TO_RENEW/GRACE_PERIOD', 37, SECOND, { grace_ends_at: day(53) }),
  told('DID_RENEW/BILLING_RECOVERY', 40, THIRD),
  told('DID_CHANGE_RENEWAL_STATUS/AUTO_RENEW_DISABLED', 45, THIRD, { auto_renew: false }),
  told('REFUND', 46, SECOND, { auto_renew: false }, day(46)),
  told('REFUND_REVERSED', 60, SECOND, { auto_renew: false }),
]

function told(
  event_id: string,
  at: number,
  { ref, kind, starts, ends, amount_won }: typeof TRIAL | typeof SECOND | typeof THIRD,
  renewal: Partial<RenewalFact> = {},
  revoked_at: string | null = null,
) {
  const period: PeriodFact = {
    ref,
    fact_at: day(at),
    kind,
    plan: 'monthly',
    starts_at: day(starts),
    ends_at: day(ends),
    amount_won,
    currency: 'KRW',
    tells_revocation: true,
    revoked_at,
  }
  const goesOn: RenewalFact = { fact_at: day(at), auto_renew: true, next_plan: null, grace_ends_at: null, ...renewal }
  return { event_id, period, renewal: goesOn }
}

/** The order of that number among all of so many things. */
function order(number: number, of: number): number[] {
  const left = Array.from({ length: of }, (_, i) => i)
  let rest = number
  return Array.from({ length: of }, (_, i) => {
    const [taken] = left.splice(rest % (of - i), 1)
    rest = Math.floor(rest / (of - i))
    return taken!
  })
}

async function apply(positions: readonly number[], owner: string, as: string) {
  const external_id = `seven-${as}`
  const facts = positions.map((position, n): PurchaseFacts => {
    const { event_id, period, renewal } = HISTORY[position]!
    const whose = { account_token: null, ...(n === 0 && { claim: { user_id: owner, transfer: false } }) }
    return {
      provider: 'ios_iap',
      environment: 'production',
      external_id,
      plan: 'monthly',
      event_id,
      ...whose,
      periods: [{ ...period, ref: `${as}-${period.ref}` }],
      renewals: [renewal],
    }
  })
  const folding = { now: new Date(day(90)), countsSandbox: false }
  const { rows } = await runBatch(db, {
    applied: facts.map((one) => ({ one: sql`SELECT ${applyPurchase(one, folding)}` })),
    rows: sql<{ said: string }>`
      SELECT json_build_object(
        'periods', (SELECT json_agg(json_build_array(ref, starts_at, ends_at, revoked_at) ORDER BY ref) FROM premium_periods WHERE subscription_id = subscriptions.id),
        'ledger', (SELECT json_agg(json_build_array(transaction_id, kind, amount_won, at) ORDER BY transaction_id, kind) FROM payments WHERE subscription_id = subscriptions.id),
        'columns', json_build_array(plan, next_plan, auto_renew, ends_at, trial_ends_at, grace_ends_at, hold_ends_at, is_revoked)
      )::text AS said
      FROM subscriptions
      WHERE external_id = ${external_id}`,
  })
  return JSON.parse(rows[0]!.said.replaceAll(as, ''))
}

it('the seven events of a trial, a late renewal, a cancellation and a refund that is taken back come to the same in any order, some of them twice', async () => {
  const { user } = await signUp()
  const id = crypto.randomUUID()
  const inOrder = await apply([0, 1, 2, 3, 4, 5, 6], user.user_id, id)
  const at = (iso: string) => Date.parse(iso)
  expect(inOrder.periods.map(([ref, starts, ends, revoked]: string[]) => [ref, at(starts!), at(ends!), revoked])).toEqual([
    ['-second', at(day(7)), at(day(37)), null],
    ['-third', at(day(37)), at(day(67)), null],
    ['-trial', at(day(0)), at(day(7)), null],
  ])
  expect(inOrder.ledger.map(([ref, kind, won]: unknown[]) => `${ref} ${kind} ${won}`)).toEqual([
    '-second charge 3900',
    '-second refund -3900',
    '-second reversal 3900',
    '-third charge 3900',
  ])
  for (let tried = 0; tried < TRIED; tried++) {
    const number = Math.floor((tried * ORDERS) / TRIED)
    const once = order(number, HISTORY.length)
    const positions = [...once, once[number % 7]!, once[(number + 2) % 7]!, once[(number + 5) % 7]!]
    expect(await apply(positions, user.user_id, `${id}-${tried}`), `order ${positions}`).toEqual(inOrder)
  }
}, 1_200_000)
