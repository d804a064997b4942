import { z } from 'zod'

/** A job of the outbox: walks of this person may turn out to have had company. */
export const findCompanySchema = z.object({ user_id: z.uuid() })
export type FindCompany = z.infer<typeof findCompanySchema>
