import { DAY_MS } from '../../core/time.ts'

export const FUTURE_TOLERANCE_MS = 2 * 60_000
/** The app gives up after ten seconds. This and the database's deadline together stay within them. */
export const BUCKET_DEADLINE_MS = 2_000
export const LATE_MAX_MS = 30 * DAY_MS
/** Goes up when walks are to be measured again. An index of the walks that wait for it (`walks_measured_before_…`) goes with it. */
export const MEASURED_VERSION = 2

export function petIdsOf({ pet_id, pet_ids }: { pet_id?: string | undefined; pet_ids?: string[] | undefined }): string[] {
  return pet_ids ?? (pet_id ? [pet_id] : [])
}
