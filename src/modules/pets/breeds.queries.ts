import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import type { ListedBreed } from './schema.ts'

/** Breeds whose name, English name or alias contains `q`, whatever its case and spacing. Those that begin with it come first, then the popular ones. */
export async function listBreeds(
  db: Db,
  { q, species, limit }: { q: string; species: string | null; limit: number },
): Promise<ListedBreed[]> {
  const { rows } = await db.execute<ListedBreed & Record<string, unknown>>(sql`
    WITH matched AS (
      SELECT breeds.code, breeds.species, breeds.name, breeds.name_en, breeds.size, breeds.sort_order, min(strpos(folded.name, folded.q)) AS position
      FROM breeds
      CROSS JOIN LATERAL unnest(breeds.name || (breeds.name_en || breeds.aliases)) AS spelling
      CROSS JOIN LATERAL (SELECT replace(lower(spelling), ' ', '') AS name, replace(lower(${q}), ' ', '') AS q) AS folded
      WHERE (${species}::pet_species IS NULL OR breeds.species = ${species}::pet_species)
        AND strpos(folded.name, folded.q) > 0
      GROUP BY breeds.code
    )
    SELECT code, species, name, name_en, size
    FROM matched
    ORDER BY position > 1, sort_order, code
    LIMIT ${limit}`)
  return rows
}
