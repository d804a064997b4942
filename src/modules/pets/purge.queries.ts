import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

/** Destroys pets without walks that were deleted before then, with their records. */
export async function deleteArchivedPets(db: Db, archivedBefore: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM pets
    WHERE pets.archived_at < ${archivedBefore.toISOString()}
      AND NOT EXISTS (SELECT 1 FROM walk_pets WHERE walk_pets.pet_id = pets.id)`)
  return rowCount
}

export async function deleteHealthRecords(db: Db, deletedBefore: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`DELETE FROM health_records WHERE deleted_at < ${deletedBefore.toISOString()}`)
  return rowCount
}
