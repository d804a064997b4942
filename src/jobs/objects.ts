import { eq } from 'drizzle-orm'
import { objectSweeps } from '../db/schema/photos.ts'
import type { Deps } from '../deps.ts'

/** R2 lists and deletes at most so many objects in one call. */
const PAGE = 1_000
/** How many pages of a folder one run looks at. The next run goes on from there. */
const PAGES_MAX = 9
/** Sorts after every key of a folder. */
const FOLDER_END = '\u{10ffff}'

/** Deletes every object of some folders, with at most `tripsMax` calls to R2. Answers the folders in which objects may be left. Safe to repeat. */
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
    // One list may bring a whole page of keys in addition to those that wait, so it may need two deletes after it.
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

/** All objects of a folder whose keys lie after `after`, up to and with `last`. */
export interface Stretch {
  readonly after: string
  readonly last: string
  readonly objects: readonly R2Object[]
}

/**
 * Visits the objects of a folder in the order of their keys. Each run visits some pages, and after the last page the next run begins again at the first. A
 * run makes two trips to Postgres and one to R2 a page, and those of `visit`. `visit` answers `false` when it did not finish a stretch. The next run then
 * begins with that stretch.
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
