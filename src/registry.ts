import { revokeIdentity } from './modules/auth/jobs.ts'
import { broadcast } from './modules/notifications/jobs.ts'
import { deletePhotoObjects } from './modules/photos/jobs.ts'
import { findCompany } from './modules/walks/jobs.ts'
import type { Job } from './jobs/job.ts'

/** Every kind of work the outbox may hold. */
export const jobs: readonly Job[] = [revokeIdentity, deletePhotoObjects, broadcast, findCompany]
