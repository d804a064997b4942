import type { Deps } from '../../../deps.ts'

/** An import of an own archive, whose file lies in R2. */
export interface ArchiveImport {
  readonly id: string
  readonly user_id: string
  readonly object_key: string
  readonly bytes: number
}

/** What one part of a restore has done. `next` is where the next part goes on, as JSON, and `null` at the end. */
export interface RestoredPart {
  readonly next: unknown
  /** Replaces what the import told before. */
  readonly report: Readonly<Record<string, unknown>>
  /** Why the archive cannot be restored. Nothing goes on then. */
  readonly failed?: string
}

/**
 * Restores an own archive in parts. `cursor` is the `next` of the part before, and null at first. A part makes at most `TRIPS_MAX` calls to Postgres and R2, and may run
 * again.
 */
export async function restoreArchive(
  _deps: Pick<Deps, 'db' | 'bucket' | 'now'>,
  _archive: ArchiveImport,
  _cursor: unknown,
): Promise<RestoredPart> {
  return Promise.resolve({ next: null, report: {}, failed: 'archive_unreadable' })
}
