import { z } from 'zod'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'
import { featureSchema } from '../../users/schema.ts'
import { methodSchema, planSchema } from '../subscription/schema.ts'

/** How the app reached its user. `ios_kr_external` is the build that may lead out of the App Store. */
const channelSchema = z.enum(['ios', 'ios_kr_external', 'android', 'web'])
export type Channel = z.infer<typeof channelSchema>

/**
 * An unknown channel is `web`, so that a new build needs no new server. But a build of a phone that we do not know has the store's way alone, because a store
 * forbids even a hint at another.
 */
const guessChannel = (said: string): Channel => {
  const build = said.toLowerCase()
  if (build.startsWith('ios')) return 'ios'
  return build.startsWith('android') ? 'android' : 'web'
}

export const channelHeader = z.object({
  'x-app-channel': channelSchema
    .default('web')
    // The OpenAPI document asks with nothing.
    .catch((refused: { value: unknown } | undefined) => guessChannel(String(refused?.value)))
    .meta({ description: 'Which build of the app asks. The ways to pay depend on it' }),
})

const offerSchema = z
  .object({
    code: planSchema,
    product_id: z.string().meta({ description: 'In the App Store and on Google Play' }),
    base_plan: z.string().meta({ description: 'On Google Play' }),
    name: z.string(),
    price_won: z.int().meta({ description: 'Of a period that begins now, at Toss' }),
    price_from: z
      .object({ at: instantSchema, price_won: z.int() })
      .meta({ id: 'LaterPrice' })
      .nullable()
      .meta({ description: 'The price that periods from then on will have, if it will change' }),
    interval_months: z.int(),
    trial_days: z.int(),
  })
  .meta({ id: 'PlanOffer' })

export const plansSchema = z
  .object({
    plans: z.array(offerSchema),
    trial_eligible: z
      .boolean()
      .meta({ description: 'Whether I have had no trial yet. A card that has had one shows only when it is registered' }),
    methods: z.array(methodSchema).meta({ description: 'How this build may let me pay. Offer no other' }),
    store_account_token: uuidSchema.meta({ description: '`appAccountToken` of the App Store, and `obfuscatedAccountId` of Google Play' }),
    customer_key: z.string().nullable().meta({ description: '`customerKey` of Toss. Null where Toss is not offered' }),
    comparison: z.array(z.object({ feature: featureSchema, free: z.boolean(), premium: z.boolean() }).meta({ id: 'FeatureComparison' })),
  })
  .meta({ id: 'Plans' })
export type Plans = z.infer<typeof plansSchema>
export type Offer = Plans['plans'][number]
