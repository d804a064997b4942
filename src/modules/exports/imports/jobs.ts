import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'
import { folders } from '../../../core/folders.ts'
import { defineJob, done, type Task } from '../../../jobs/job.ts'
import { sweepFolder } from '../../../jobs/objects.ts'
import { deleteInSlices } from '../../../jobs/slices.ts'
import { JOB } from '../../../jobs/types.ts'
import { IMPORTS_KEPT_MS, STUCK_MS, UPLOADS_KEPT_MS } from './rules.ts'
import { deleteImportsBefore, failImport, failStuckImports, listNeeded } from './running.queries.ts'
import { runImportPart } from './running.service.ts'

/** Each part of an import has an outbox row of its own. */
export const runImport = defineJob({
  type: JOB.runImport,
  payload: z.object({ import_id: uuidSchema, part: z.int().min(0) }),
  run: (deps, { import_id, part }) => runImportPart(deps, import_id, part),
  giveUp: ({ db, now }, { import_id, part }) => failImport(db, import_id, 'interrupted', now(), part),
})

const FOLDER = `${folders[folders.indexOf('imports')]}/`

/** Gives up imports that do not go on, and deletes uploads that no import needs. */
export const sweepImports: Task = {
  name: 'imports.sweep',
  async run(deps, scheduledAt) {
    const failed = await failStuckImports(deps.db, new Date(scheduledAt.getTime() - STUCK_MS), scheduledAt)
    let deleted = 0
    await sweepFolder(deps, FOLDER, async ({ objects }) => {
      const old = objects.filter(({ uploaded }) => uploaded.getTime() < scheduledAt.getTime() - UPLOADS_KEPT_MS).map(({ key }) => key)
      const needed = old.length > 0 ? new Set(await listNeeded(deps.db, old)) : new Set<string>()
      const left = old.filter((key) => !needed.has(key))
      if (left.length > 0) await deps.bucket.delete(left)
      deleted += left.length
      return true
    })
    return done({ failed, deleted })
  },
}

export const purgeImports: Task = {
  name: 'imports.purge',
  run: ({ db }, scheduledAt) =>
    deleteInSlices((limit) => deleteImportsBefore(db, new Date(scheduledAt.getTime() - IMPORTS_KEPT_MS), limit)),
}
