import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'
import { DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { listMiscounted, recountPosts } from './recount.queries.ts'

/** Each night counts a sixteenth of the posts, by the last digit of their walks' ids. */
const NIGHTS = 16
const POSTS_AT_ONCE = 2_000
/** A range takes so many trips: one that counts, and one that mends. */
const RANGE_TRIPS = 2
const REPORTED_MAX = 20

export const recountCursor = z.object({ after: uuidSchema })

/** Counts the likes and comments of a share of the posts again, reports which counters were wrong, and sets them right. It goes as far as `trips` reach. */
export async function recountShare({ db }: Pick<Deps, 'db'>, at: Date, trips: number, from: z.infer<typeof recountCursor> | null) {
  const digit = (Math.floor(at.getTime() / DAY_MS) % NIGHTS).toString(16)
  const counts = { checked: 0, amiss: 0 }
  let after = from?.after ?? null
  for (let left = trips; left >= RANGE_TRIPS; left -= RANGE_TRIPS) {
    const { checked, last, walk_ids } = await listMiscounted(db, { digit, after, limit: POSTS_AT_ONCE })
    const mended = walk_ids.length > 0 ? await recountPosts(db, walk_ids) : []
    if (mended.length > 0)
      console.error(JSON.stringify({ level: 'error', message: 'counters of posts differ from their rows', posts: mended.slice(0, REPORTED_MAX) }))
    counts.checked += checked
    counts.amiss += mended.length
    after = last
    if (after === null) return { ...counts, next: null }
  }
  return { ...counts, next: after === null ? null : { after } }
}
