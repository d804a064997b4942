import { type KmaCell, toKmaCell } from '../../core/kma-grid.ts'
import { DAY_MS } from '../../core/time.ts'
import { exclusionCodes, refusalCodes } from '../../measuring/measure-track.ts'

export const FUTURE_TOLERANCE_MS = 2 * 60_000
/** The app gives up after ten seconds. This and the database's deadline together stay within them. */
export const BUCKET_DEADLINE_MS = 2_000
export const LATE_MAX_MS = 30 * DAY_MS
/** Goes up when walks are to be measured again. An index of the walks that wait for it (`walks_measured_before_…`) goes with it. */
export const MEASURED_VERSION = 2

/** Added to the reasons where its owner has walked more in a day than anybody can. */
export const EXCESS_REASON = {
  code: 'too_much_walked',
  effect: 'unranked',
  detail: '하루 동안 사람이 걸을 수 있는 거리나 시간을 넘어 순위에는 넣지 않았어요. 산책 기록은 그대로 남아요.',
} as const

export { spoofingRules } from '../../measuring/measure-track.ts'

/** Every code of a reason. */
export const reasonCodes = [...refusalCodes, ...exclusionCodes, EXCESS_REASON.code] as const

export function petIdsOf({ pet_id, pet_ids }: { pet_id?: string | undefined; pet_ids?: string[] | undefined }): string[] {
  return pet_ids ?? (pet_id ? [pet_id] : [])
}

/** The cell in which a walk begins, where a place of the start is known. */
export function cellOfStart({ lat, lng }: { lat?: number | undefined; lng?: number | undefined }): KmaCell | null {
  return lat === undefined || lng === undefined ? null : toKmaCell({ lat, lng })
}
