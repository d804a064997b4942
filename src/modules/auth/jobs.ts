import { defineJob } from '../../jobs/job.ts'
import { JOB } from '../../jobs/types.ts'
import { revocationSchema } from './schema.ts'
import { revokeAtProvider } from './service.ts'

/** Left in the outbox by the purge of an account; Apple and Kakao demand it. */
export const revokeIdentity = defineJob({ type: JOB.revokeIdentity, payload: revocationSchema, run: revokeAtProvider })
