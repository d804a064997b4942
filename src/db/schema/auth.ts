import { index, integer, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, timestamptz } from './columns.ts'
import { users } from './users.ts'

export const identityProvider = pgEnum('identity_provider', ['kakao', 'naver', 'apple'])

export const identities = pgTable(
  'identities',
  {
    provider: identityProvider().notNull(),
    provider_id: text().notNull(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    email: text(),
    vendor_token: text(),
    vendor_client_id: text(),
    linked_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'identities_pkey', columns: [table.provider, table.provider_id] }),
    index('identities_user').on(table.user_id),
  ],
)

export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    device_name: text(),
    device_platform: text(),
    counter: integer().notNull(),
    token_hash: bytea().notNull(),
    created_at: timestamptz().notNull(),
    rotated_at: timestamptz().notNull(),
    expires_at: timestamptz().notNull(),
    revoked_at: timestamptz(),
    revoked_reason: text(),
    request_hash: text(),
  },
  (table) => [
    index('sessions_user').on(table.user_id, table.rotated_at.desc().nullsFirst()),
    index('sessions_expired').on(table.expires_at),
  ],
)

export const identityNotices = pgTable(
  'identity_notices',
  {
    provider: identityProvider().notNull(),
    notice_id: text().notNull(),
    received_at: timestamptz().notNull(),
  },
  (table) => [primaryKey({ name: 'identity_notices_pkey', columns: [table.provider, table.notice_id] })],
)
