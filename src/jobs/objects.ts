import { eq } from 'drizzle-orm'
import { objectSweeps } from '../db/schema/photos.ts'
import type { Deps } from '../deps.ts'

/** What a list answers with, and what a delete takes, at most. */
const PAGE = 1_000
/** What one run looks at in a folder; the next goes on from there. */
const PAGES_MAX = 9
/** After every key of a folder. */
const FOLDER_END = '\u{10ffff}'

/** Deletes every object of some folders, with so many calls to R2 at most; the folders in which objects may be left. Safe to repeat. */
export async function deleteFolders(
  { bucket }: Pick<Deps, 'bucket'>,
  folders: readonly string[],
  tripsMax: number,
): Promise<{ left: readonly string[] }> {
  let trips = tripsMax
  let keys: string[] = []
  async function deleteKeys(atLeast: number) {
    for (; keys.length >= atLeast; keys = keys.slice(PAGE)) {
      await bucket.delete(keys.slice(0, PAGE))
      trips--
    }
  }
  let emptied = 0
  for (const prefix of folders) {
    let isWhole = false
    // A list may bring a page of keys to those that wait: two deletes.
    for (let startAfter: string | undefined; !isWhole && trips >= 3;) {
      const { objects, truncated } = await bucket.list({ prefix, ...(startAfter && { startAfter }) })
      trips--
      keys.push(...objects.map(({ key }) => key))
      startAfter = objects.at(-1)?.key
      isWhole = !truncated
      await deleteKeys(PAGE)
    }
    if (!isWhole) break
    emptied++
  }
  await deleteKeys(1)
  return { left: folders.slice(emptied) }
}

/** Objects that follow each other: all that lie after one key and up to another. */
export interface Stretch {
  readonly after: string
  readonly last: string
  readonly objects: readonly R2Object[]
}

/**
 * Shows the objects of a folder in the order of their keys, some with each run, over and over: two trips to Postgres and one to R2 a page, beside what
 * `visit` makes. That answers `false` where it could not see to all of a stretch, which the next run then begins with.
 */
export async function sweepFolder(
  { db, bucket }: Pick<Deps, 'db' | 'bucket'>,
  prefix: string,
  visit: (stretch: Stretch) => Promise<boolean>,
): Promise<void> {
  const [sweep] = await db.select({ after_key: objectSweeps.after_key }).from(objectSweeps).where(eq(objectSweeps.prefix, prefix))
  let after = sweep?.after_key ?? prefix
  for (let page = 0; page < PAGES_MAX; page++) {
    const { objects, truncated } = await bucket.list({ prefix, limit: PAGE, startAfter: after })
    const last = truncated ? (objects.at(-1)?.key ?? after) : prefix + FOLDER_END
    if (!(await visit({ after, last, objects }))) break
    after = truncated ? last : prefix
    if (!truncated) break
  }
  const row = { prefix, after_key: after }
  await db.insert(objectSweeps).values(row).onConflictDoUpdate({ target: objectSweeps.prefix, set: row })
}
