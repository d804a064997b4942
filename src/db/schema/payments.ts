import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bytea, timestamptz } from './columns.ts'
import { billingKeys, paymentProvider, plans, products, purchaseEnvironment, subscriptions } from './purchases.ts'
import { users } from './users.ts'

export const orderState = pgEnum('order_state', ['open', 'sending', 'unknown', 'waiting', 'paid', 'failed', 'cancelled'])
export const chargeState = pgEnum('charge_state', ['due', 'sending', 'unknown', 'declined', 'done', 'given_up', 'void'])
export const refundState = pgEnum('refund_state', ['due', 'sending', 'unknown', 'done', 'refused'])
export const refundBasis = pgEnum('refund_basis', ['withdrawal', 'termination', 'cancelled_charge', 'admin'])
export const paymentKind = pgEnum('payment_kind', ['charge', 'refund', 'reversal'])
export const paymentConsentKind = pgEnum('payment_consent_kind', ['auto_renewal', 'trial_conversion', 'price_rise', 'withdrawal_limits'])
export const eventOutcome = pgEnum('event_outcome', ['applied', 'stale', 'duplicate', 'ignored', 'parked', 'dead'])

export const storeTokens = pgTable(
  'store_tokens',
  {
    token_hash: text().primaryKey(),
    token: text().notNull(),
    product_id: text().notNull(),
    subscription_id: uuid().references(() => subscriptions.id, { onDelete: 'cascade' }),
    linked_hash: text(),
    is_acknowledged: boolean().notNull().default(false),
    is_bound: boolean().notNull().default(false),
    is_gone: boolean().notNull().default(false),
    bought_at: timestamptz().notNull(),
    next_at: timestamptz(),
    read_at: timestamptz(),
  },
  (table) => [
    index('store_tokens_subscription').on(table.subscription_id),
    index('store_tokens_due')
      .on(table.next_at)
      .where(sql`next_at IS NOT NULL`),
    index('store_tokens_unacknowledged')
      .on(table.bought_at)
      .where(sql`NOT is_acknowledged AND NOT is_gone`),
  ],
)

export const orders = pgTable(
  'orders',
  {
    id: text().primaryKey(),
    user_id: uuid().references(() => users.id, { onDelete: 'set null' }),
    person_ref: uuid().notNull(),
    product_id: text()
      .notNull()
      .references(() => products.id),
    amount_won: integer().notNull(),
    state: orderState().notNull().default('open'),
    payment_key: text(),
    secret: text(),
    decline_code: text(),
    lease_until: timestamptz(),
    next_at: timestamptz(),
    tries: integer().notNull().default(0),
    request_hash: text().notNull(),
    created_at: timestamptz().notNull(),
    expires_at: timestamptz().notNull(),
    settled_at: timestamptz(),
  },
  (table) => [
    uniqueIndex('orders_payment_key').on(table.payment_key),
    index('orders_user').on(table.user_id, table.created_at),
    index('orders_product').on(table.product_id),
    index('orders_age').using('brin', table.created_at),
    index('orders_due')
      .on(table.next_at)
      .where(sql`state IN ('sending', 'unknown')`),
  ],
)

export const charges = pgTable(
  'charges',
  {
    subscription_id: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: 'cascade' }),
    period_no: integer().notNull(),
    order_id: text().notNull(),
    plan: text()
      .notNull()
      .references(() => plans.code),
    amount_won: integer().notNull(),
    from_month: integer().notNull(),
    to_month: integer().notNull(),
    starts_at: timestamptz().notNull(),
    ends_at: timestamptz().notNull(),
    has_grace: boolean().notNull(),
    state: chargeState().notNull().default('due'),
    attempt: integer().notNull().default(0),
    idempotency_key: text(),
    lease_until: timestamptz(),
    next_at: timestamptz(),
    dispatched_until: timestamptz(),
    tries: integer().notNull().default(0),
    first_sent_at: timestamptz(),
    sent_at: timestamptz(),
    settled_at: timestamptz(),
    payment_key: text(),
    receipt_url: text(),
    decline_code: text(),
    billing_key_id: uuid().references(() => billingKeys.id, { onDelete: 'set null' }),
  },
  (table) => [
    primaryKey({ name: 'charges_pkey', columns: [table.subscription_id, table.period_no] }),
    uniqueIndex('charges_order_id').on(table.order_id),
    uniqueIndex('charges_payment_key').on(table.payment_key),
    index('charges_plan').on(table.plan),
    index('charges_due')
      .on(table.next_at)
      .where(sql`state IN ('due', 'declined', 'unknown', 'sending')`),
    index('charges_given_up')
      .on(table.settled_at)
      .where(sql`state = 'given_up'`),
    index('charges_billing_key').on(table.billing_key_id),
    index('charges_declined')
      .on(table.starts_at)
      .where(sql`state = 'declined'`),
  ],
)

export const chargeAttempts = pgTable(
  'charge_attempts',
  {
    order_id: text()
      .notNull()
      .references(() => charges.order_id, { onDelete: 'cascade', onUpdate: 'cascade' }),
    attempt: integer().notNull(),
    sent_at: timestamptz().notNull(),
    outcome: text(),
    code: text(),
    trace_id: text(),
  },
  (table) => [primaryKey({ name: 'charge_attempts_pkey', columns: [table.order_id, table.attempt] })],
)

export const providerEvents = pgTable(
  'provider_events',
  {
    provider: paymentProvider().notNull(),
    event_id: text().notNull(),
    environment: purchaseEnvironment().notNull(),
    type: text().notNull(),
    external_id: text(),
    provider_at: timestamptz(),
    received_at: timestamptz().notNull(),
    body: jsonb(),
    outcome: eventOutcome(),
    applied_at: timestamptz(),
    error: text(),
  },
  (table) => [
    primaryKey({ name: 'provider_events_pkey', columns: [table.provider, table.event_id] }),
    index('provider_events_external').on(table.provider, table.external_id),
    index('provider_events_open')
      .on(table.received_at)
      .where(sql`outcome IS NULL OR outcome IN ('parked', 'dead')`),
    index('provider_events_received')
      .on(table.received_at)
      .where(sql`body IS NOT NULL`),
    index('provider_events_age').using('brin', table.received_at),
  ],
)

export const payments = pgTable(
  'payments',
  {
    provider: paymentProvider().notNull(),
    transaction_id: text().notNull(),
    kind: paymentKind().notNull(),
    user_id: uuid().references(() => users.id, { onDelete: 'set null' }),
    person_ref: uuid(),
    subscription_id: uuid().references(() => subscriptions.id, { onDelete: 'set null' }),
    order_id: text(),
    product_id: text()
      .notNull()
      .references(() => products.id),
    amount_won: integer().notNull(),
    currency: text().notNull(),
    method: text(),
    at: timestamptz().notNull(),
    receipt_url: text(),
    source_event: text().notNull(),
  },
  (table) => [
    primaryKey({ name: 'payments_pkey', columns: [table.provider, table.transaction_id, table.kind] }),
    index('payments_user').on(table.user_id, table.at),
    index('payments_at').on(table.at),
    index('payments_subscription').on(table.subscription_id),
    index('payments_order').on(table.order_id),
    index('payments_product').on(table.product_id),
  ],
)

export const paymentConsents = pgTable(
  'payment_consents',
  {
    id: uuid().primaryKey().defaultRandom(),
    user_id: uuid().references(() => users.id, { onDelete: 'set null' }),
    person_ref: uuid().notNull(),
    subscription_id: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: 'cascade' }),
    kind: paymentConsentKind().notNull(),
    is_agreed: boolean().notNull(),
    plan: text()
      .notNull()
      .references(() => plans.code),
    document_version: text().notNull(),
    price_before: integer(),
    price_after: integer().notNull(),
    charge_at: timestamptz(),
    method: text().notNull(),
    agreed_at: timestamptz().notNull(),
  },
  (table) => [
    index('payment_consents_user').on(table.user_id),
    index('payment_consents_subscription').on(table.subscription_id, table.kind, table.agreed_at),
    index('payment_consents_plan').on(table.plan),
  ],
)

export const refunds = pgTable(
  'refunds',
  {
    id: uuid().primaryKey(),
    user_id: uuid().references(() => users.id, { onDelete: 'set null' }),
    payment_key: text().notNull(),
    order_id: text().notNull(),
    subscription_id: uuid().references(() => subscriptions.id, { onDelete: 'set null' }),
    period_no: integer(),
    amount_won: integer().notNull(),
    left_won: integer(),
    reason: text().notNull(),
    basis: refundBasis().notNull(),
    state: refundState().notNull().default('due'),
    lease_until: timestamptz(),
    next_at: timestamptz(),
    dispatched_until: timestamptz(),
    tries: integer().notNull().default(0),
    code: text(),
    created_at: timestamptz().notNull(),
    settled_at: timestamptz(),
  },
  (table) => [
    index('refunds_user').on(table.user_id),
    index('refunds_order').on(table.order_id),
    index('refunds_subscription').on(table.subscription_id),
    index('refunds_age').using('brin', table.created_at),
    index('refunds_due')
      .on(table.next_at)
      .where(sql`state IN ('due', 'sending', 'unknown')`),
    index('refunds_refused')
      .on(table.settled_at)
      .where(sql`state = 'refused'`),
  ],
)

export const trialUses = pgTable(
  'trial_uses',
  {
    key_hash: bytea().primaryKey(),
    used_at: timestamptz().notNull(),
    subscription_id: uuid().references(() => subscriptions.id, { onDelete: 'set null' }),
  },
  (table) => [index('trial_uses_subscription').on(table.subscription_id)],
)

export const providerCursors = pgTable('provider_cursors', {
  name: text().primaryKey(),
  read_until: timestamptz().notNull(),
})

export const paymentDifferences = pgTable(
  'payment_differences',
  {
    id: uuid().primaryKey().defaultRandom(),
    provider: paymentProvider().notNull(),
    external_id: text().notNull(),
    what: text().notNull(),
    ours: jsonb(),
    theirs: jsonb(),
    found_at: timestamptz().notNull(),
    event_id: text().notNull(),
  },
  (table) => [
    uniqueIndex('payment_differences_event').on(table.provider, table.event_id),
    index('payment_differences_found').on(table.found_at),
  ],
)
