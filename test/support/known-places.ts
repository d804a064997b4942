import { sql } from 'drizzle-orm'
import { createTestDeps } from './api.ts'

/** A vet in Jeju City, far from all walks of tests. */
export async function givePlace(): Promise<string> {
  const { rows } = await createTestDeps().db.execute<{ id: string }>(sql`
    INSERT INTO places (kind, name, source, source_key, location)
    VALUES ('hospital', '제주동물병원', 'hospitals', gen_random_uuid(), ST_MakePoint(126.5312, 33.4996)::geography)
    RETURNING id`)
  return rows[0]!.id
}
