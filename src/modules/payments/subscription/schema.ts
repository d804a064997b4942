import { z } from 'zod'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'

export const methodSchema = z.enum(['toss', 'ios_iap', 'google_play']).meta({ id: 'PaymentMethod', description: 'Who takes the money' })
export type Method = z.infer<typeof methodSchema>

export const environmentSchema = z
  .enum(['production', 'sandbox'])
  .meta({ id: 'PurchaseEnvironment', description: 'Purchases of a sandbox make only testers premium' })

export const planSchema = z.enum(['monthly', 'annual']).meta({ id: 'Plan' })
export type Plan = z.infer<typeof planSchema>

const stateSchema = z
  .enum(['pending', 'trialing', 'active', 'grace', 'on_hold', 'paused', 'cancelled', 'expired', 'revoked', 'superseded'])
  .meta({
    id: 'SubscriptionState',
    description:
      '`cancelled` and `grace` are premium still. `on_hold`: a store goes on trying to charge. `pending`: bought, and not paid for yet. `superseded`: another subscription has replaced it',
  })

export const consentKindSchema = z.enum(['trial_conversion', 'price_rise']).meta({
  id: 'ConsentKind',
  description: 'Why the next charge needs a consent of its own: a trial would become paid, or the price rises',
})

export const cardSchema = z
  .object({ issuer_code: z.string().nullable(), number: z.string().meta({ description: 'Masked' }), type: z.string().nullable() })
  .meta({ id: 'Card' })

export type Card = z.infer<typeof cardSchema>

export const subscriptionSchema = z
  .object({
    id: uuidSchema,
    method: methodSchema,
    environment: environmentSchema,
    plan: planSchema,
    next_plan: planSchema.nullable().meta({ description: 'From the next period on, if it will change' }),
    state: stateSchema,
    is_premium: z.boolean().meta({ description: 'Whether this subscription makes me premium now' }),
    auto_renew: z.boolean(),
    ends_at: instantSchema.nullable().meta({ description: 'Of what is paid or tried. Grace may follow' }),
    trial_ends_at: instantSchema.nullable(),
    grace_ends_at: instantSchema.nullable(),
    next_charge: z.object({ at: instantSchema, plan: planSchema, price_won: z.int() }).meta({ id: 'NextCharge' }).nullable().meta({
      description: 'What Toss will charge. Null where nothing will be charged as things are, and for the stores, which say so themselves',
    }),
    consent_required: z
      .object({
        kind: consentKindSchema.nullable(),
        until: instantSchema,
        price_before: z.int().nullable(),
        price_after: z.int().nullable(),
      })
      .meta({ id: 'ConsentRequired' })
      .nullable()
      .meta({
        description:
          'Without this consent nothing is charged, and premium ends. Of Toss it is given by POST /subscription/consents. Of a store `kind` and the prices are null, and it is given in the store',
      }),
    card: cardSchema.nullable().meta({ description: 'Toss charges this card' }),
    needs_new_card: z.boolean().meta({ description: 'The card cannot be charged any more: POST /subscription/payment-method' }),
    manage_url: z.url().nullable().meta({ description: 'Where the store lets it be cancelled. Null for Toss' }),
    created_at: instantSchema,
  })
  .meta({ id: 'Subscription' })
export type Subscription = z.infer<typeof subscriptionSchema>

export const ownSubscriptionsSchema = z
  .object({
    premium: z.boolean(),
    premium_until: instantSchema.nullable(),
    also_active: z.boolean().meta({ description: 'More than one subscription goes on, and each of them is paid' }),
    subscriptions: z.array(subscriptionSchema).meta({ description: 'The newest first, also those that are over' }),
  })
  .meta({ id: 'OwnSubscriptions' })
export type OwnSubscriptions = z.infer<typeof ownSubscriptionsSchema>

export const cancellationSchema = z
  .object({
    state: z.literal('cancelled'),
    ends_at: instantSchema.nullable().meta({ description: 'Until when it makes me premium still. Null where nothing was paid' }),
  })
  .meta({ id: 'Cancellation' })
export type Cancellation = z.infer<typeof cancellationSchema>

export const changePlanSchema = z.strictObject({ plan: planSchema }).meta({ id: 'ChangePlan' })

export const decideChargeSchema = z
  .strictObject({
    kind: consentKindSchema,
    agreed: z.boolean(),
    price_won: z.int().min(0).meta({ description: '`price_after` of what is asked for, as it was shown' }),
  })
  .meta({ id: 'DecideCharge' })
export type DecideCharge = z.infer<typeof decideChargeSchema>
