import { z } from 'zod'
import { uuidSchema } from './fields.ts'

/** Somebody who is named in passing. `GET /users/{id}` says more. */
export const personSchema = z.object({ id: uuidSchema, nickname: z.string() }).meta({ id: 'Person' })
