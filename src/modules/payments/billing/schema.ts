import { z } from 'zod'
import { withDefault } from '../../../core/fields.ts'
import { planSchema } from '../subscription/schema.ts'

/** What the card window of Toss gives. */
const cardWindow = {
  auth_key: z
    .string()
    .regex(/^[\w=.@+/-]{1,300}$/)
    .meta({ description: 'Of the card window of Toss. It is good once' }),
  customer_key: z
    .string()
    .regex(/^[\w=.@-]{2,300}$/)
    .toLowerCase()
    .meta({ description: 'That of GET /subscription/plans, with which the window was opened' }),
}

/** A consent to what comes after a trial is an act of its own, so it cannot be sent along. */
export const subscribeSchema = z
  .strictObject({
    ...cardWindow,
    plan: planSchema,
    anyway: withDefault(z.boolean(), false).meta({ description: 'Also while another subscription goes on, and then both are paid' }),
    trial_only: withDefault(z.boolean(), false).meta({
      description:
        'Refuses instead of charging when no trial is left. Send true where the screen has promised a trial, because only the card may show that it has had one',
    }),
  })
  .meta({ id: 'Subscribe' })
export type Subscribe = z.infer<typeof subscribeSchema>

export const replaceCardSchema = z.strictObject(cardWindow).meta({ id: 'ReplaceCard' })
export type ReplaceCard = z.infer<typeof replaceCardSchema>
