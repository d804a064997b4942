import { defineJob } from '../../jobs/job.ts'
import { JOB } from '../../jobs/types.ts'
import { revocationSchema } from './schema.ts'
import { revokeAtProvider } from './notices.service.ts'

/** The purge of an account leaves it in the outbox. Apple and Kakao demand it. */
export const revokeIdentity = defineJob({ type: JOB.revokeIdentity, payload: revocationSchema, run: revokeAtProvider })
