import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { geographyPoint, timestamptz } from './columns.ts'
import { regions } from './regions.ts'

export const userRole = pgEnum('user_role', ['user', 'admin'])
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
  },
  (table) => [
    uniqueIndex('users_nickname').on(sql`lower(nickname)`),
    index('users_region')
      .on(table.region_code)
      .where(sql`region_code IS NOT NULL`),
    index('users_deleted')
      .on(table.deleted_at)
      .where(sql`deleted_at IS NOT NULL`),
    index('users_banned')
      .on(table.id)
      .where(sql`banned_at IS NOT NULL`),
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
