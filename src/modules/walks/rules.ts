import { DAY_MS } from '../../core/time.ts'

export const FUTURE_TOLERANCE_MS = 2 * 60_000
/** With the database's own it stays within the ten seconds after which the app gives up. */
export const BUCKET_DEADLINE_MS = 2_000
export const LATE_MAX_MS = 30 * DAY_MS

export function petIdsOf({ pet_id, pet_ids }: { pet_id?: string | undefined; pet_ids?: string[] | undefined }): string[] {
  return pet_ids ?? (pet_id ? [pet_id] : [])
}
