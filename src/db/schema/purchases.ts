import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  real,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

export const paymentProvider = pgEnum('payment_provider', ['toss', 'ios_iap', 'google_play'])
export const purchaseEnvironment = pgEnum('purchase_environment', ['production', 'sandbox'])
export const productKind = pgEnum('product_kind', ['subscription', 'badge_pack', 'theme', 'outfit'])
export const periodKind = pgEnum('period_kind', ['trial', 'paid'])
export const billingKeyState = pgEnum('billing_key_state', ['live', 'dead'])

export const plans = pgTable(
  'plans',
  {
    code: text().primaryKey(),
    interval_months: integer().notNull(),
    trial_days: integer().notNull(),
    product_id: text().notNull(),
    base_plan: text().notNull(),
    is_active: boolean().notNull().default(true),
  },
  (table) => [uniqueIndex('plans_product_id').on(table.product_id)],
)

export const planPrices = pgTable(
  'plan_prices',
  {
    plan: text()
      .notNull()
      .references(() => plans.code),
    starts_at: timestamptz().notNull(),
    price_won: integer().notNull(),
  },
  (table) => [primaryKey({ name: 'plan_prices_pkey', columns: [table.plan, table.starts_at] })],
)

export const products = pgTable(
  'products',
  {
    id: text().primaryKey(),
    kind: productKind().notNull(),
    name: text().notNull(),
    price_won: integer(),
    plan: text().references(() => plans.code),
    sort_order: integer().notNull(),
    is_active: boolean().notNull().default(true),
  },
  (table) => [index('products_plan').on(table.plan)],
)

export const billingKeys = pgTable(
  'billing_keys',
  {
    id: uuid().primaryKey(),
    user_id: uuid().references(() => users.id, { onDelete: 'set null' }),
    customer_key: text().notNull(),
    sealed_key: text().notNull(),
    key_hash: text().notNull(),
    card: jsonb().notNull(),
    state: billingKeyState().notNull().default('live'),
    dead_reason: text(),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    uniqueIndex('billing_keys_hash').on(table.key_hash),
    index('billing_keys_user').on(table.user_id),
    index('billing_keys_spent')
      .on(table.id)
      .where(sql`state = 'dead' OR user_id IS NULL`),
  ],
)

export const subscriptions = pgTable(
  'subscriptions',
  {
    id: uuid().primaryKey().defaultRandom(),
    user_id: uuid().references(() => users.id, { onDelete: 'set null' }),
    person_ref: uuid(),
    provider: paymentProvider().notNull(),
    environment: purchaseEnvironment().notNull(),
    external_id: text().notNull(),
    account_token: uuid(),
    plan: text()
      .notNull()
      .references(() => plans.code),
    next_plan: text().references(() => plans.code),
    auto_renew: boolean().notNull().default(true),
    anchor_at: timestamptz(),
    months: integer().notNull().default(0),
    period_no: integer().notNull().default(0),
    billing_key_id: uuid().references(() => billingKeys.id, { onDelete: 'set null' }),
    cancelled_at: timestamptz(),
    superseded_at: timestamptz(),
    superseded_by: uuid().references((): AnyPgColumn => subscriptions.id),
    transferred_at: timestamptz(),
    request_hash: text(),
    created_at: timestamptz().notNull(),
    ends_at: timestamptz(),
    trial_ends_at: timestamptz(),
    grace_ends_at: timestamptz(),
    hold_ends_at: timestamptz(),
    is_paused: boolean().notNull().default(false),
    paused_until: timestamptz(),
    is_pending: boolean().notNull().default(false),
    is_revoked: boolean().notNull().default(false),
    consent_required_until: timestamptz(),
    expired_reason: text(),
  },
  (table) => [
    uniqueIndex('subscriptions_external').on(table.provider, table.environment, table.external_id),
    index('subscriptions_user').on(table.user_id),
    index('subscriptions_plan').on(table.plan),
    index('subscriptions_next_plan').on(table.next_plan),
    index('subscriptions_billing_key').on(table.billing_key_id),
    index('subscriptions_superseded_by').on(table.superseded_by),
    index('subscriptions_renewing')
      .on(table.ends_at)
      .where(sql`provider = 'toss' AND auto_renew`),
    index('subscriptions_ends').on(table.ends_at),
  ],
)

export const subscriptionOwners = pgTable(
  'subscription_owners',
  {
    subscription_id: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: 'cascade' }),
    from_at: timestamptz().notNull(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ name: 'subscription_owners_pkey', columns: [table.subscription_id, table.from_at] }),
    index('subscription_owners_user').on(table.user_id),
  ],
)

export const periodFacts = pgTable(
  'period_facts',
  {
    subscription_id: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: 'cascade' }),
    ref: text().notNull(),
    fact_at: timestamptz().notNull(),
    event_id: text().notNull(),
    kind: periodKind(),
    plan: text().references(() => plans.code),
    starts_at: timestamptz(),
    ends_at: timestamptz(),
    amount_won: integer(),
    currency: text(),
    is_family: boolean().notNull().default(false),
    is_upgraded: boolean().notNull().default(false),
    tells_revocation: boolean().notNull(),
    revoked_at: timestamptz(),
    revoked_share: real(),
  },
  (table) => [
    primaryKey({
      name: 'period_facts_pkey',
      columns: [table.subscription_id, table.ref, table.fact_at, table.event_id, table.tells_revocation],
    }),
    index('period_facts_plan').on(table.plan),
  ],
)

export const renewalFacts = pgTable(
  'renewal_facts',
  {
    subscription_id: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: 'cascade' }),
    fact_at: timestamptz().notNull(),
    event_id: text().notNull(),
    auto_renew: boolean().notNull(),
    next_plan: text().references(() => plans.code),
    grace_ends_at: timestamptz(),
    is_on_hold: boolean().notNull().default(false),
    is_paused: boolean().notNull().default(false),
    paused_until: timestamptz(),
    is_pending: boolean().notNull().default(false),
    consent_required_until: timestamptz(),
    expired_reason: text(),
  },
  (table) => [
    primaryKey({ name: 'renewal_facts_pkey', columns: [table.subscription_id, table.fact_at, table.event_id] }),
    index('renewal_facts_next_plan').on(table.next_plan),
  ],
)

export const purchases = pgTable(
  'purchases',
  {
    provider: paymentProvider().notNull(),
    environment: purchaseEnvironment().notNull(),
    ref: text().notNull(),
    product_id: text()
      .notNull()
      .references(() => products.id),
    user_id: uuid().references(() => users.id, { onDelete: 'set null' }),
    person_ref: uuid(),
    account_token: uuid(),
    granted_at: timestamptz().notNull(),
    revoked_at: timestamptz(),
    transferred_at: timestamptz(),
    fact_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'purchases_pkey', columns: [table.provider, table.environment, table.ref] }),
    index('purchases_user').on(table.user_id, table.product_id),
    index('purchases_product').on(table.product_id),
  ],
)
