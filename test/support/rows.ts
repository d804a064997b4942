import type { sql } from 'drizzle-orm'
import { createTestDeps } from './api.ts'

/** What a statement of a test answers. */
export const listRows = async <Row extends Record<string, any> = any>(statement: ReturnType<typeof sql>): Promise<Row[]> =>
  (await createTestDeps().db.execute<Row>(statement)).rows
