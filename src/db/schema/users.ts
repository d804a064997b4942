import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { geographyPoint, timestamptz } from './columns.ts'
import { regions } from './regions.ts'
import { titles } from './titles.ts'

export const userRole = pgEnum('user_role', ['user', 'admin', 'tester'])
export const reportReason = pgEnum('report_reason', ['inappropriate', 'spam', 'harassment', 'animal_abuse', 'privacy'])
export const walkUnit = pgEnum('walk_unit', ['km', 'mile'])

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    role: userRole().notNull().default('user'),
    nickname: text().notNull(),
    nickname_chosen_at: timestamptz(),
    region_code: text().references(() => regions.code),
    weekly_goal_km: integer().notNull().default(20),
    walk_unit: walkUnit().notNull().default('km'),
    settings: jsonb().notNull().default({}),
    privacy_zone_center: geographyPoint(),
    privacy_zone_radius_m: integer(),
    created_at: timestamptz().notNull(),
    deleted_at: timestamptz(),
    suspended_until: timestamptz(),
    banned_at: timestamptz(),
    suspended_reason: reportReason(),
    store_account_token: uuid().notNull().defaultRandom(),
    title_code: text().references(() => titles.code),
  },
  (table) => [
    uniqueIndex('users_nickname').on(sql`lower(nickname)`),
    uniqueIndex('users_store_account_token').on(table.store_account_token),
    index('users_region')
      .on(table.region_code)
      .where(sql`region_code IS NOT NULL`),
    index('users_deleted')
      .on(table.deleted_at)
      .where(sql`deleted_at IS NOT NULL`),
    index('users_banned')
      .on(table.id)
      .where(sql`banned_at IS NOT NULL`),
    index('users_title')
      .on(table.title_code)
      .where(sql`title_code IS NOT NULL`),
  ],
)

export const consentDocument = pgEnum('consent_document', ['service', 'privacy', 'location', 'marketing', 'night_marketing'])

export const consents = pgTable(
  'consents',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    document: consentDocument().notNull(),
    decided_at: timestamptz().notNull(),
    version: text().notNull(),
    agreed: boolean().notNull(),
  },
  (table) => [primaryKey({ name: 'consents_pkey', columns: [table.user_id, table.document, table.decided_at] })],
)

export const nameKind = pgEnum('name_kind', ['nickname', 'pet'])

export const userNames = pgTable(
  'user_names',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: nameKind().notNull(),
    source_id: uuid().notNull(),
    is_initials: boolean().notNull(),
    name: text().notNull(),
    dong_code: text(),
    sigungu_code: text(),
    key: text()
      .notNull()
      .generatedAlwaysAs(sql`name_key(name, is_initials)`),
  },
  (table) => [
    primaryKey({ name: 'user_names_pkey', columns: [table.source_id, table.is_initials] }),
    index('user_names_user').on(table.user_id, table.is_initials, table.key),
    index('user_names_key').on(table.is_initials, table.key, table.user_id),
    index('user_names_nickname')
      .on(table.key, table.user_id)
      .where(sql`kind = 'nickname' AND NOT is_initials`),
    index('user_names_sigungu')
      .on(table.sigungu_code, table.is_initials, table.key, table.user_id)
      .where(sql`sigungu_code IS NOT NULL`),
    index('user_names_dong')
      .on(table.dong_code, table.is_initials, table.key, table.user_id)
      .where(sql`dong_code IS NOT NULL`),
  ],
)
