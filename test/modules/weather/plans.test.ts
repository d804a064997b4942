import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { runBatch } from '../../../src/db/client.ts'
import { geographyPoint } from '../../../src/db/geography.ts'
import { isByTheSea, isNearBeach } from '../../../src/modules/weather/warnings/sql.ts'
import { createTestDeps } from '../../support/api.ts'

const HAEUNDAE = { lat: 35.1587, lng: 129.1604 }

it.each([
  ['within 500 m', isNearBeach(geographyPoint(HAEUNDAE), 500)],
  ['within 2 km', isByTheSea(geographyPoint(HAEUNDAE))],
])('a beach is looked for %s in the index of outlines, however many places there are', async (_, condition) => {
  const { plan, answer } = await runBatch(createTestDeps().db, {
    only: sql`SET LOCAL enable_seqscan = off`,
    plan: sql<{ 'QUERY PLAN': string }>`EXPLAIN SELECT ${condition}`,
    answer: sql<{ is_near: boolean }>`SELECT ${condition} AS is_near`,
  })
  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  expect(text).toContain('places_badges')
  expect(text).not.toContain('Seq Scan on places')
  expect(answer).toEqual([{ is_near: true }])
})
