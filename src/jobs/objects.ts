import { eq } from 'drizzle-orm'
import { objectSweeps } from '../db/schema/photos.ts'
import type { Deps } from '../deps.ts'

const PAGE = 1_000
/** What one run looks at in a folder; the next goes on from there. */
const PAGES_MAX = 10
/** After every key of a folder. */
const FOLDER_END = '\u{10ffff}'

/** Deletes every object of the bucket under a prefix; safe to repeat. */
export async function deleteObjects({ bucket }: Pick<Deps, 'bucket'>, prefix: string): Promise<void> {
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix })
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
    if (!truncated) return
  }
}

/** Objects that follow each other: all that lie after one key and up to another. */
export interface Stretch {
  readonly after: string
  readonly last: string
  readonly objects: readonly R2Object[]
}

/** Shows the objects of a folder in the order of their keys, some with each run, over and over. */
export async function sweepFolder(
  { db, bucket }: Pick<Deps, 'db' | 'bucket'>,
  prefix: string,
  visit: (stretch: Stretch) => Promise<void>,
): Promise<void> {
  const [sweep] = await db.select({ after_key: objectSweeps.after_key }).from(objectSweeps).where(eq(objectSweeps.prefix, prefix))
  let after = sweep?.after_key ?? prefix
  for (let page = 0; page < PAGES_MAX; page++) {
    const { objects, truncated } = await bucket.list({ prefix, limit: PAGE, startAfter: after })
    const last = truncated ? (objects.at(-1)?.key ?? after) : prefix + FOLDER_END
    await visit({ after, last, objects })
    after = truncated ? last : prefix
    const row = { prefix, after_key: after }
    await db.insert(objectSweeps).values(row).onConflictDoUpdate({ target: objectSweeps.prefix, set: row })
    if (!truncated) return
  }
}
