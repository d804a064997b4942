import { defineJob } from '../../jobs/job.ts'
import { revocationSchema } from './schema.ts'
import { revokeAtProvider } from './service.ts'

/** The purge of an account leaves it in the outbox. Apple and Kakao demand it. */
export const revokeIdentity = defineJob({ type: 'auth.revoke_identity', payload: revocationSchema, run: revokeAtProvider })
