import { signedIn, type Actor } from '../../../../core/actor.ts'
import type { Deps } from '../../../../deps.ts'
import { announce, announcePushes } from '../../../../jobs/outbox.ts'
import type { StoreNotification, StoreTransaction } from '../../../../vendors/app-store/claims.ts'
import { eventNotGenuine, purchaseNotGenuine } from '../../errors.ts'
import type { EventOutcome, ProviderEvent } from '../../events/event.ts'
import type { EventHandler } from '../../events/service.ts'
import { outcomeOf, refuseClaim } from '../rules.ts'
import { claimItem, claimPurchase, takeItem, takePurchase, insertEvents } from '../queries.ts'
import type { Purchase } from '../schema.ts'
import { appStoreBody, type AppStoreFacts, factsOf, factsOfNotification, trialNames } from './facts.ts'

type FoldDeps = Pick<Deps, 'db' | 'now' | 'countsSandbox'>
type TakeDeps = FoldDeps & Pick<Deps, 'appStore' | 'keyedHashes' | 'pushes' | 'wakeAt'>

/** A phone shows what it has bought. It is whoever's the store's account token names, else theirs. Showing it again changes nothing. */
export async function verifyApplePurchase(
  { db, now, countsSandbox, appStore, keyedHashes }: FoldDeps & Pick<Deps, 'appStore' | 'keyedHashes'>,
  actor: Actor,
  { signed_transaction, transfer }: { signed_transaction: string; transfer: boolean },
): Promise<Purchase> {
  const shown = await appStore.readTransaction(signed_transaction)
  const transaction = shown && (await askAgain({ appStore }, shown))
  if (!transaction) throw purchaseNotGenuine()
  const event_id = `shown:${transaction.transaction_id}:${transaction.signed_at.getTime()}`
  const { purchase, item } = factsOf({ transaction, renewal: null, environment: transaction.environment, event_id })
  const claim = { user_id: actor.user_id, transfer }
  const folding = { now: now(), countsSandbox }
  if (purchase) {
    const trial_keys = await Promise.all(trialNames(transaction).map((name) => keyedHashes.of(name)))
    const claimed = signedIn(await claimPurchase(db, actor, { ...purchase, claim, trial_keys }, folding))
    refuseClaim(claimed.outcome)
    return { ...claimed.purchase, method: 'ios_iap', environment: purchase.environment, is_pending: false }
  }
  if (!item) throw purchaseNotGenuine()
  const claimed = signedIn(await claimItem(db, actor, { ...item, claim }, folding))
  refuseClaim(claimed.outcome)
  return { ...claimed.purchase, method: 'ios_iap', environment: item.environment, is_pending: false }
}

/** Takes a server notification in. What it says is applied by a job, so that Apple has its answer at once. */
export async function receiveAppleEvent(
  deps: Pick<Deps, 'db' | 'now' | 'appStore' | 'jobs' | 'wakeAt'>,
  signedPayload: string,
): Promise<void> {
  const notification = await deps.appStore.readNotification(signedPayload)
  if (!notification) throw eventNotGenuine()
  await announce(deps, await storeNotifications(deps, [notification]))
}

/** Keeps notifications in one trip. Answers the outbox ids: none for one that has come before. */
export const storeNotifications = ({ db, now }: Pick<Deps, 'db' | 'now'>, notifications: readonly StoreNotification[]): Promise<string[]> =>
  insertEvents(db, notifications.map(toEvent), now())

function toEvent(notification: StoreNotification): ProviderEvent {
  const { notification_id, type, subtype, environment, signed_at, transaction, renewal, is_chain_current } = notification
  const { purchase, item } = factsOfNotification(notification)
  return {
    provider: 'ios_iap',
    event_id: notification_id,
    environment: environment === 'Production' ? 'production' : 'sandbox',
    type: [type, subtype].filter(Boolean).join('/'),
    external_id: purchase?.external_id ?? item?.ref ?? null,
    provider_at: signed_at.toISOString(),
    body: {
      purchase,
      item,
      ask_for: is_chain_current ? null : (transaction?.transaction_id ?? renewal?.original_transaction_id ?? null),
      names: transaction ? trialNames(transaction) : [],
    },
  }
}

/** Applies a notification that was taken in. */
export const takeAppleEvent: EventHandler = async (deps, { event_id, body }) => {
  const { purchase, item, ask_for, names } = appStoreBody.parse(body)
  if (!ask_for) return applyFacts(deps, { purchase, item }, names)
  const transaction = await deps.appStore.getTransaction(ask_for)
  if (!transaction) return 'ignored'
  const { environment, original_transaction_id } = transaction
  const standing = await deps.appStore.getSubscription(ask_for, environment)
  const renewal = standing?.find((it) => it.renewal.original_transaction_id === original_transaction_id)?.renewal ?? null
  return applyFacts(deps, factsOf({ transaction, renewal, environment, event_id }), trialNames(transaction))
}

export async function applyFacts(deps: TakeDeps, { purchase, item }: AppStoreFacts, names: readonly string[]): Promise<EventOutcome> {
  const { db, now, countsSandbox, keyedHashes } = deps
  const folding = { now: now(), countsSandbox }
  if (purchase) {
    const trial_keys = await Promise.all(names.map((name) => keyedHashes.of(name)))
    const { outcome, told } = await takePurchase(db, { ...purchase, trial_keys }, folding)
    await announcePushes(deps, told)
    return outcomeOf(outcome)
  }
  if (!item) return 'ignored'
  const { outcome } = await takeItem(db, item, folding)
  return outcomeOf(outcome)
}

/** A chain that is not valid now vouches for nothing, so Apple is asked. */
async function askAgain({ appStore }: Pick<Deps, 'appStore'>, shown: StoreTransaction): Promise<StoreTransaction | null> {
  return shown.is_chain_current ? shown : appStore.getTransaction(shown.transaction_id, shown.environment)
}
