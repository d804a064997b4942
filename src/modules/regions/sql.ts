import { type SQL, sql } from 'drizzle-orm'

/** A row of `regions` as `{code, sido, sigungu, dong}`, or null where an outer join found none. The table must be in scope by that name. */
export const regionJson: SQL = sql`CASE WHEN regions.code IS NOT NULL
          THEN json_build_object('code', regions.code, 'sido', regions.sido, 'sigungu', regions.sigungu, 'dong', regions.dong) END`
