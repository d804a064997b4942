import { signedIn, type Actor } from '../../../core/actor.ts'
import type { Deps } from '../../../deps.ts'
import { allFeatures } from '../../users/schema.ts'
import type { Method } from '../subscription/schema.ts'
import { findOffers } from './queries.ts'
import type { Channel, Plans } from './schema.ts'

/** The App Store forbids its builds even to hint at another way to pay (docs/product.md#premium). */
const METHODS: Readonly<Record<Channel, readonly Method[]>> = {
  ios: ['ios_iap'],
  ios_kr_external: ['toss'],
  android: ['google_play'],
  web: ['toss'],
}

export async function getPlans(
  { db, keyedHashes, now }: Pick<Deps, 'db' | 'keyedHashes' | 'now'>,
  actor: Actor,
  channel: Channel,
): Promise<Plans> {
  const offers = signedIn(await findOffers(db, actor, await keyedHashes.pads(), now()))
  const methods = [...METHODS[channel]]
  return {
    ...offers,
    methods,
    // Toss wants a key that nobody can guess, and the token is one.
    customer_key: methods.includes('toss') ? offers.store_account_token : null,
    comparison: allFeatures.map((feature) => ({ feature, free: false, premium: true })),
  }
}
