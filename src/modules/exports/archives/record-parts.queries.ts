import { sql } from 'drizzle-orm'
import { charges, orders, paymentConsents, payments, refunds } from '../../../db/schema/payments.ts'
import { billingKeys, purchases, subscriptions } from '../../../db/schema/purchases.ts'
import { hallOfFame } from '../../../db/schema/rankings.ts'
import { premiumPeriods } from '../../../db/schema/subscriptions.ts'
import { consents } from '../../../db/schema/users.ts'
import { defineFile, instantKey, type Part } from './part.queries.ts'

/** Consents, money and honours. An archive gives nobody a right by them, so restored they are records. */
export const recordParts: readonly Part[] = [
  defineFile('consents.json', {
    about: '약관 동의',
    restored: 'record',
    table: consents,
    where: (user) => sql`consents.user_id = ${user}`,
    key: [instantKey(sql`consents.decided_at`), sql`consents.document::text`],
    omit: ['user_id'],
  }),
  defineFile('payments.json', {
    about: '결제와 환불 내역',
    restored: 'record',
    table: payments,
    where: (user) => sql`payments.user_id = ${user}`,
    key: [instantKey(sql`payments.at`), sql`payments.provider::text`, sql`payments.transaction_id`, sql`payments.kind::text`],
    omit: ['user_id', 'person_ref', 'source_event'],
  }),
  defineFile('orders.json', {
    about: '단건 주문',
    restored: 'record',
    table: orders,
    where: (user) => sql`orders.user_id = ${user}`,
    key: [instantKey(sql`orders.created_at`), sql`orders.id`],
    omit: ['user_id', 'person_ref', 'payment_key', 'secret', 'lease_until', 'next_at', 'tries'],
  }),
  defineFile('refunds.json', {
    about: '환불 요청',
    restored: 'record',
    table: refunds,
    where: (user) => sql`refunds.user_id = ${user}`,
    key: [instantKey(sql`refunds.created_at`), sql`refunds.id::text`],
    omit: ['user_id', 'payment_key', 'lease_until', 'next_at', 'dispatched_until', 'tries'],
  }),
  defineFile('subscriptions.json', {
    about: '구독',
    restored: 'record',
    table: subscriptions,
    where: (user) => sql`subscriptions.user_id = ${user}`,
    key: [instantKey(sql`subscriptions.created_at`), sql`subscriptions.id::text`],
    omit: ['user_id', 'person_ref', 'external_id', 'account_token', 'billing_key_id', 'superseded_by'],
  }),
  defineFile('charges.json', {
    about: '구독 결제 회차',
    restored: 'record',
    table: charges,
    tables: ['charge_attempts'],
    join: sql` JOIN subscriptions ON subscriptions.id = charges.subscription_id`,
    where: (user) => sql`subscriptions.user_id = ${user}`,
    key: [sql`charges.subscription_id::text`, sql`lpad(charges.period_no::text, 6, '0')`],
    omit: [
      'idempotency_key',
      'lease_until',
      'next_at',
      'dispatched_until',
      'tries',
      'attempt',
      'first_sent_at',
      'sent_at',
      'payment_key',
      'billing_key_id',
    ],
  }),
  defineFile('cards.json', {
    about: '등록한 카드 (가려진 번호)',
    restored: 'record',
    table: billingKeys,
    where: (user) => sql`billing_keys.user_id = ${user}`,
    key: [instantKey(sql`billing_keys.created_at`), sql`billing_keys.id::text`],
    omit: ['user_id', 'customer_key', 'sealed_key', 'key_hash'],
  }),
  defineFile('purchases.json', {
    about: '산 물건',
    restored: 'record',
    table: purchases,
    where: (user) => sql`purchases.user_id = ${user}`,
    key: [instantKey(sql`purchases.granted_at`), sql`purchases.provider::text`, sql`purchases.product_id`],
    omit: ['user_id', 'person_ref', 'account_token', 'ref'],
  }),
  defineFile('premium-periods.json', {
    about: '프리미엄이었던 기간',
    restored: 'record',
    table: premiumPeriods,
    where: (user) => sql`premium_periods.user_id = ${user}`,
    key: [instantKey(sql`premium_periods.starts_at`), sql`premium_periods.id::text`],
    omit: ['user_id', 'ref'],
  }),
  defineFile('payment-consents.json', {
    about: '결제 동의',
    restored: 'record',
    table: paymentConsents,
    where: (user) => sql`payment_consents.user_id = ${user}`,
    key: [instantKey(sql`payment_consents.agreed_at`), sql`payment_consents.id::text`],
    omit: ['user_id', 'person_ref'],
  }),
  defineFile('honors.json', {
    about: '명예의 전당',
    restored: 'record',
    table: hallOfFame,
    where: (user) => sql`hall_of_fame.user_id = ${user}`,
    key: [sql`hall_of_fame.category::text`, sql`hall_of_fame.period_key`],
    omit: ['user_id', 'written_at'],
  }),
]
