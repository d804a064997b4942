import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'

/** A job of the outbox, because walks of this person may have had company. */
export const findCompanySchema = z.object({ user_id: uuidSchema })
export type FindCompany = z.infer<typeof findCompanySchema>
