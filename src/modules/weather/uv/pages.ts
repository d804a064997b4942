import { fromSeoulDate, HOUR_MS, seoulDate } from '../../../core/time.ts'
import type { Turns } from '../turns/hours.ts'

/** At 06:40, 09:40, 12:40 and 15:40. KMA issues one every three hours and reaches 75 hours ahead, so that the night needs none. */
export const TURNS: Turns = { first: 6 * 60 + 40, every: 180, last: 15 * 60 + 40 }

const STEP_MS = 3 * HOUR_MS
/** So long after its base a forecast is expected. */
const DELAY_MS = HOUR_MS / 2
/** So many bases back it is looked for when the newest is not out yet. */
export const STEPS_BACK_MAX = 2

/** The newest base that can be out, in steps of three hours from midnight in Seoul on. */
export function baseAt(at: Date): Date {
  const since = at.getTime() - DELAY_MS
  const midnight = fromSeoulDate(seoulDate(new Date(since))).getTime()
  return new Date(midnight + Math.floor((since - midnight) / STEP_MS) * STEP_MS)
}

/** The base before. */
export const baseBefore = (base: Date): Date => new Date(base.getTime() - STEP_MS)

/** What was read: the pages of a base up to this one, and whether more of them are to come. */
export interface Reading {
  readonly base: Date
  readonly page: number
  readonly isWhole: boolean
}

/** `2026-09-26T03:00:00.000Z/2`, and without a page when all were read. */
export const toMark = ({ base, page, isWhole }: Reading): string => `${base.toISOString()}${isWhole ? '' : `/${page}`}`

export function fromMark(mark: string | null): Reading | null {
  const [base = '', page] = (mark ?? '').split('/')
  return Number.isNaN(Date.parse(base)) ? null : { base: new Date(base), page: Number(page ?? 0), isWhole: page === undefined }
}

/** What is read next, or null when the newest base was read. What was begun is ended, as long as nothing newer is out. */
export function nextPage(mark: string | null, at: Date): { base: Date; page: number } | null {
  const [known, newest] = [fromMark(mark), baseAt(at)]
  if (!known || known.base.getTime() < newest.getTime() - STEPS_BACK_MAX * STEP_MS) return { base: newest, page: 1 }
  if (!known.isWhole) return { base: known.base, page: known.page + 1 }
  return known.base.getTime() < newest.getTime() ? { base: newest, page: 1 } : null
}
