import { seoulDate } from '../../../core/time.ts'
import type { SourceChange, SourceState } from './breaker.ts'

/** The row that counts which cells requests have read today. */
const REQUESTS = 'requests'
/**
 * Requests may read so many cells a day, at a call of each operation, of which KMA grants 10,000. The job keeps the rest for the cells that most people want. So one
 * person who asks for every place in the country does not take the weather from all others.
 */
export const REQUEST_CELLS_MAX = 5_000

export function isShareSpent(sources: readonly SourceState[], now: Date): boolean {
  const row = sources.find(({ source }) => source === REQUESTS)
  return row?.asked_on === seoulDate(now) && (row.asked ?? 0) >= REQUEST_CELLS_MAX
}

/** What the row must be told of a cell that a request has read, or has tried to read. */
export const cellRead: SourceChange = { source: REQUESTS, has_succeeded: false, failures: 0, spent_until: null, asked: 1 }
