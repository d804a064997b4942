import { signedIn, type Actor } from '../../../../core/actor.ts'
import { sha256Hex } from '../../../../core/hash.ts'
import { HOUR_MS } from '../../../../core/time.ts'
import { describeFailure } from '../../../../db/client.ts'
import type { Deps } from '../../../../deps.ts'
import { announce, announcePushes } from '../../../../jobs/outbox.ts'
import { alarm } from '../../alarm.ts'
import { eventNotGenuine, purchaseNotGenuine } from '../../errors.ts'
import type { EventOutcome, ProviderEvent } from '../../events/event.ts'
import type { EventHandler } from '../../events/service.ts'
import type { ItemFacts, PeriodFact, PurchaseFacts } from '../../ledger/facts.ts'
import { isGood, planOf } from '../products.ts'
import { claimItem, claimPurchase, takeItem, takePurchase, insertEvents } from '../queries.ts'
import { outcomeOf, refuseClaim } from '../rules.ts'
import type { Purchase } from '../schema.ts'
import { factsOfGone, factsOfProduct, factsOfSubscription, googleBody, trialNames, voidedPeriod } from './facts.ts'
import { findToken, keepItemToken, keepSubscriptionToken, markGone, type PurchaseToken } from './queries.ts'

type ReadDeps = Pick<Deps, 'now' | 'play' | 'keyedHashes'>
type TakeDeps = ReadDeps & Pick<Deps, 'db' | 'countsSandbox' | 'jobs' | 'pushes' | 'wakeAt'>

/** Pub/Sub tells of a refund at once. Google lists it by a time of its own. */
const VOIDED_AROUND_MS = 24 * HOUR_MS

interface ReadPurchase {
  readonly facts: PurchaseFacts
  readonly token: PurchaseToken
  /** As Google calls it. */
  readonly state: string
}

interface ReadItem {
  readonly product_id: string
  readonly environment: ItemFacts['environment']
  readonly token: PurchaseToken
  /** Null while the store waits for the money. */
  readonly facts: ItemFacts | null
}

/** A phone shows a purchase token. Google is asked what it is, and it is acknowledged once it is somebody's. Showing it again changes nothing. */
export async function verifyGooglePurchase(
  deps: TakeDeps,
  actor: Actor,
  { purchase_token, product_id, transfer }: { purchase_token: string; product_id: string; transfer: boolean },
): Promise<Purchase> {
  const { db, now, countsSandbox } = deps
  const claim = { user_id: actor.user_id, transfer }
  const event_id = `shown:${crypto.randomUUID()}`
  if (isGood(product_id)) {
    const read = await readItem(deps, purchase_token, event_id)
    if (!read || read.product_id !== product_id) throw purchaseNotGenuine()
    const answer = { method: 'google_play', environment: read.environment } as const
    // Nobody can own it before the money has come. The message about that binds it by the account's token.
    if (!read.facts) return { ...answer, premium: false, subscription: null, item: null, is_pending: true }
    const folding = { now: now(), countsSandbox }
    const keeping = { external_id: read.token.token_hash, outbox: keepItemToken(read.token, read.facts, folding.now) }
    const claimed = await claimItem(db, actor, { ...read.facts, claim }, folding, keeping)
    const { outcome, purchase, outbox_ids } = signedIn(claimed)
    refuseClaim(outcome)
    await announce(deps, outbox_ids)
    return { ...answer, ...purchase, is_pending: false }
  }
  const read = planOf(product_id) === null ? null : await readSubscription(deps, purchase_token, event_id)
  if (!read) throw purchaseNotGenuine()
  const folding = { now: now(), countsSandbox }
  const claimed = await claimPurchase(
    db,
    actor,
    { ...read.facts, claim },
    folding,
    keepSubscriptionToken(read.token, read.facts, folding.now),
  )
  const { outcome, purchase, outbox_ids } = signedIn(claimed)
  refuseClaim(outcome)
  await announce(deps, outbox_ids)
  return { ...purchase, method: 'google_play', environment: read.facts.environment, is_pending: read.state === 'pending' }
}

/** Takes a message of Pub/Sub in. A job asks Google what has changed, because the message only says that something has. */
export async function receiveGoogleEvent(
  deps: Pick<Deps, 'db' | 'now' | 'play' | 'jobs' | 'wakeAt'>,
  authorization: string | undefined,
  body: unknown,
): Promise<void> {
  const push = await deps.play.readPush(authorization, body)
  if (!push) throw eventNotGenuine()
  const { message_id, notice, event_at } = push
  const event: ProviderEvent = {
    provider: 'google_play',
    event_id: message_id,
    environment: 'production',
    type: 'type' in notice ? `${notice.kind}/${notice.type}` : notice.kind,
    external_id: 'token' in notice ? await sha256Hex(notice.token) : null,
    provider_at: event_at.toISOString(),
    // Only what is asked for later is kept.
    body: googleBody.parse({ notice }),
  }
  await announce(deps, await insertEvents(deps.db, [event], deps.now()))
}

/** Applies a message that was taken in. */
export const takeGoogleEvent: EventHandler = async (deps, { event_id, body, provider_at }) => {
  const { notice } = googleBody.parse(body)
  switch (notice.kind) {
    case 'subscription':
      return rereadSubscription(deps, notice.token, event_id)
    case 'product':
      return takeReadItem(deps, await readItem(deps, notice.token, event_id))
    case 'voided': {
      const voided_at = await findVoidedAt(deps, notice.order_id, new Date(provider_at ?? deps.now()))
      return notice.product_type === 'subscription'
        ? rereadSubscription(deps, notice.token, event_id, { order_id: notice.order_id, voided_at })
        : takeReadItem(deps, voidItem(await readItem(deps, notice.token, event_id), voided_at))
    }
    case 'refund_review':
      alarm('google play asks about a refund; answer within 24 hours', { order_id: notice.order_id })
      return 'ignored'
    default:
      return 'ignored'
  }
}

/** Asks Google how a subscription stands, and applies that. `voided` is an order of it whose money went back. */
export async function rereadSubscription(
  deps: TakeDeps,
  purchaseToken: string,
  event_id: string,
  voided?: { readonly order_id: string; readonly voided_at: Date },
): Promise<EventOutcome> {
  const read = await readSubscription(deps, purchaseToken, event_id)
  const revoked = (plan: string): PeriodFact[] => (voided ? [voidedPeriod(voided.order_id, plan, voided.voided_at)] : [])
  if (read) return takeRead(deps, { ...read, facts: { ...read.facts, periods: [...read.facts.periods, ...revoked(read.facts.plan)] } })
  // Google forgets a token 60 days after its end. What we know of it stays.
  const external_id = await sha256Hex(purchaseToken)
  const known = await findToken(deps.db, external_id)
  if (!known?.environment || known.plan === null) return 'ignored'
  const gone = factsOfGone({ external_id, event_id, read_at: deps.now() }, { environment: known.environment, plan: known.plan })
  await markGone(deps.db, external_id)
  const { outcome } = await takePurchase(deps.db, { ...gone, periods: revoked(known.plan) }, foldingOf(deps))
  return outcomeOf(outcome)
}

/**
 * Takes in that the money of an order went back, as Google lists it. The list does not say what was bought. One that cannot be taken in must not keep the others,
 * and the next read finds it again.
 */
export async function takeVoided(
  deps: TakeDeps,
  { token, order_id, voided_at }: { token: string; order_id: string; voided_at: Date },
): Promise<EventOutcome | 'failed'> {
  const event_id = `voided:${order_id}`
  try {
    const known = await findToken(deps.db, await sha256Hex(token))
    return known && isGood(known.product_id)
      ? await takeReadItem(deps, voidItem(await readItem(deps, token, event_id), voided_at))
      : await rereadSubscription(deps, token, event_id, { order_id, voided_at })
  } catch (error) {
    const facts = { order_id, error: describeFailure(error) }
    console.warn(JSON.stringify({ level: 'warn', message: 'a voided purchase could not be taken in', ...facts }))
    return 'failed'
  }
}

/** How a subscription stands at Google, or null where Google does not know it, or not as one of ours. */
export async function readSubscription(
  { now, play, keyedHashes }: ReadDeps,
  purchaseToken: string,
  event_id: string,
): Promise<ReadPurchase | null> {
  const read_at = now()
  const found = await play.findSubscription(purchaseToken)
  if (!found.found) return null
  const { read } = found
  const external_id = await sha256Hex(purchaseToken)
  const linked = read.linked_token ?? read.expired_token
  const linked_id = linked === null ? null : await sha256Hex(linked)
  const facts = factsOfSubscription(read, { read_at, event_id, external_id, linked_id })
  if (!facts) return null
  const trial_keys = await Promise.all(trialNames(facts).map((name) => keyedHashes.of(name)))
  return {
    facts: { ...facts, trial_keys },
    token: {
      token_hash: external_id,
      token: purchaseToken,
      product_id: read.items[0]?.product_id ?? '',
      linked_hash: linked_id,
      is_acknowledged: read.acknowledged,
      is_pending: read.state === 'pending' || read.state === 'pending_purchase_cancelled' || read.state === 'expired',
      bought_at: read.started_at ?? read_at,
    },
    state: read.state,
  }
}

export async function takeRead(deps: TakeDeps, { facts, token }: ReadPurchase): Promise<EventOutcome> {
  const folding = foldingOf(deps)
  const { outcome, told, outbox_ids } = await takePurchase(deps.db, facts, folding, keepSubscriptionToken(token, facts, folding.now))
  await announcePushes(deps, told)
  await announce(deps, outbox_ids)
  return outcomeOf(outcome)
}

async function readItem({ now, play }: ReadDeps, purchaseToken: string, event_id: string): Promise<ReadItem | null> {
  const read_at = now()
  const found = await play.findProduct(purchaseToken)
  if (!found.found || !isGood(found.read.product_id)) return null
  const { product_id, is_test, acknowledged, state, purchased_at } = found.read
  return {
    product_id,
    environment: is_test ? 'sandbox' : 'production',
    facts: factsOfProduct(found.read, { read_at, event_id }),
    token: {
      token_hash: await sha256Hex(purchaseToken),
      token: purchaseToken,
      product_id,
      linked_hash: null,
      is_acknowledged: acknowledged,
      is_pending: state !== 'purchased',
      bought_at: purchased_at ?? read_at,
    },
  }
}

const voidItem = (read: ReadItem | null, voided_at: Date): ReadItem | null =>
  read?.facts ? { ...read, facts: { ...read.facts, revoked_at: voided_at.toISOString() } } : read

async function takeReadItem(deps: TakeDeps, read: ReadItem | null): Promise<EventOutcome> {
  if (!read?.facts) return 'ignored'
  const { outcome, outbox_ids } = await takeItem(deps.db, read.facts, foldingOf(deps), keepItemToken(read.token, read.facts, deps.now()))
  await announce(deps, outbox_ids)
  return outcomeOf(outcome)
}

/** Google's own time of a refund, so that the message and the list of refunds say the same. */
async function findVoidedAt({ play, now }: ReadDeps, orderId: string, event_at: Date): Promise<Date> {
  const from = new Date(event_at.getTime() - VOIDED_AROUND_MS)
  const { voided } = await play.listVoided({ from, to: now() })
  return voided.find(({ order_id }) => order_id === orderId)?.voided_at ?? event_at
}

const foldingOf = ({ now, countsSandbox }: Pick<Deps, 'now' | 'countsSandbox'>) => ({ now: now(), countsSandbox })
