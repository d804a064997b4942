import type { AskPublicData, PublicDataOptions } from './gateway.ts'
import type { PublicDataOutcome } from './outcome.ts'

/** More pages than any list here has. */
const PAGES_MAX = 20

/** All items of a list. A list that ends before its own total is not to be relied on. */
export async function listAll(
  ask: AskPublicData,
  url: string,
  parameters: Readonly<Record<string, string | number>>,
  rows: number,
  options?: PublicDataOptions,
): Promise<PublicDataOutcome<readonly unknown[]>> {
  const all: unknown[] = []
  for (let page = 1; page <= PAGES_MAX; page++) {
    if (page > 1 && options?.takeCall?.() === false) break
    const answer = await ask(url, { pageNo: page, numOfRows: rows, ...parameters }, options)
    // Only the first page may say that there is nothing.
    if (answer.outcome === 'failed' || (answer.outcome === 'nothing' && page === 1)) return answer
    if (answer.outcome === 'nothing') break
    const { items, total } = answer.value
    all.push(...items)
    if (all.length >= (total ?? 0)) return { outcome: 'answered', value: all }
    if (items.length === 0) break
  }
  return { outcome: 'failed', reason: 'unavailable', code: null }
}
