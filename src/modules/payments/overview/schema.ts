import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'
import { methodSchema } from '../subscription/schema.ts'
import { concernKinds } from './kinds.ts'

const concernKindSchema = z.enum(concernKinds).meta({
  id: 'PaymentConcernKind',
  description:
    '`parked`: messages of providers that belong to nobody, have failed, or have waited for an hour. `unknown`: money may have moved, and nobody knows. `given_up`: charges of the last 90 days that were given up. `refused_refunds`: refunds of the last 90 days that the provider refused. `unacknowledged`: purchases of Google Play that Google will give back after three days. `differences`: of the last 90 days, where a provider and we did not agree',
})
export type ConcernKind = z.infer<typeof concernKindSchema>

export const listConcernsQuery = pageQuery.extend({
  kind: concernKindSchema.optional().meta({ description: 'Which are listed. None without it' }),
})
export type ListConcernsQuery = z.infer<typeof listConcernsQuery>

const concernSchema = z
  .object({
    id: z.string().meta({ description: 'Of the order, the refund, the message, the purchase or the difference' }),
    kind: concernKindSchema,
    what: z.enum(['charge', 'order', 'refund', 'message', 'purchase', 'difference']),
    method: methodSchema,
    state: z.string(),
    since: instantSchema,
    order_id: z.string().nullable(),
    subscription_id: uuidSchema.nullable(),
    amount_won: z.int().nullable(),
    code: z.string().nullable().meta({ description: "The provider's code, or what went wrong" }),
    tries: z.int().nullable(),
    trace_ids: z.array(z.string()).meta({ description: "By which the provider's support finds the calls, the latest first" }),
  })
  .meta({ id: 'PaymentConcern' })
export type Concern = z.infer<typeof concernSchema>

export const overviewSchema = z
  .object({
    counts: z.array(
      z.object({ kind: concernKindSchema, count: z.int(), oldest_at: instantSchema.nullable() }).meta({ id: 'PaymentConcernCount' }),
    ),
    items: z.array(concernSchema).meta({ description: 'The oldest first' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'PaymentOverview' })
export type Overview = z.infer<typeof overviewSchema>
export type ConcernCount = Overview['counts'][number]

export const concernPages = pagesOf('payment_concerns', z.tuple([z.string(), z.string()]))
