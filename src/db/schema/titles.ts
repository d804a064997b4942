import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'

/** In a file of its own, because people point to a title, and what people have points to people. */
export const titles = pgTable('titles', {
  code: text().primaryKey(),
  name: text().notNull(),
  hint: text().notNull(),
  needs: jsonb().notNull(),
  sort_order: integer().notNull(),
})
