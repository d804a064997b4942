import pRetry from 'p-retry'
import { sha256Hex } from '../../../core/hash.ts'
import type { Deps } from '../../../deps.ts'
import { keys } from '../../../redis/keys.ts'
import type { SendResult } from '../../../vendors/google/fcm.ts'
import { completeSettings } from '../../users/settings/rules.ts'
import { wordsOf } from '../catalogue.ts'
import { composeMessage } from '../message.ts'
import { type ClaimedPush, claimPushes, type FinishedDelivery, type FinishedPush, finishPushes } from './queries.ts'
import { type Decision, decidePush, isAdvertising, isWaitedFor, retryDelayMs, spend, type Spent } from '../rules.ts'

type PushDeps = Pick<Deps, 'db' | 'cache' | 'fcm' | 'now' | 'wakeAt'>

/** A Worker has six connections at a time. More sends would only wait. */
const SENDS_AT_ONCE = 6
/** After this time no send is begun. The rest is retried later. */
const SENDING_MS = 2 * 60_000
/** Longer than any batch takes, retried trips included. */
const CLAIM_MS = 5 * 60_000
/** This long after its time, a message counts as lost. */
const SWEEP_AFTER_MS = 10 * 60_000
const BUSY_RETRY_MS = 5_000
/** For a trip whose answer may have been lost. Each trip can be repeated. Four retries within three seconds. */
const TRIP_RETRIES = { retries: 4, minTimeout: 200, factor: 2 }

/**
 * Pushes those of the notifications that are due, with two trips to Postgres. Answers which of them to retry, and after how many milliseconds. It may be called
 * again for the same ones, at once or later, and each device is still told once.
 */
export async function pushNotifications(deps: PushDeps, ids: readonly string[]): Promise<Map<string, number>> {
  const { db, now } = deps
  const claim = crypto.randomUUID()
  const at = now()
  const until = new Date(at.getTime() + CLAIM_MS)
  const { claimed, busy } = await pRetry(() => claimPushes(db, { ids, claim, now: at, until }), TRIP_RETRIES)
  const decided = decideAll(claimed, at)
  const sent = await sendAll(
    deps,
    decided.flatMap(({ push, decision }) => (decision.act === 'push' ? push.tokens.map((token) => ({ push, token })) : [])),
    at,
  )
  const finished = decided.map(({ push, decision }) =>
    finish(
      push,
      decision,
      sent.filter((one) => one.push === push),
      at,
    ),
  )
  if (finished.length > 0) {
    const pushes = finished.map(({ outcome }) => outcome)
    const deliveries = finished.flatMap((one) => one.deliveries)
    await pRetry(() => finishPushes(db, { claim, now: at }, { pushes, deliveries }), TRIP_RETRIES)
  }
  const waits = decided.flatMap(({ decision }) => (decision.act === 'wait' ? [decision.until.getTime()] : []))
  if (waits.length > 0) await deps.wakeAt(new Date(Math.min(...waits)))
  const again = finished.flatMap(({ outcome, retryMs }) => (retryMs === null ? [] : [[outcome.id, retryMs] as const]))
  return new Map([...again, ...busy.map((id) => [id, BUSY_RETRY_MS] as const)])
}

interface Send {
  readonly push: ClaimedPush
  readonly token: string
}

interface Sent extends Send {
  readonly result: SendResult
}

const OUT_OF_TIME: SendResult = { outcome: 'later', error: 'the batch took too long', retry_after_ms: 0 }
const BEGUN_BEFORE: SendResult = { outcome: 'unknown', error: 'a consumer died while it sent this' }

/**
 * Sends a few at a time, each marked first. When a consumer dies, only the marked ones are in doubt, and the consumer that takes over sends the rest.
 */
async function sendAll({ cache, fcm, now }: PushDeps, sends: readonly Send[], at: Date): Promise<Sent[]> {
  const sent: Sent[] = []
  for (let i = 0; i < sends.length; i += SENDS_AT_ONCE) {
    const some = sends.slice(i, i + SENDS_AT_ONCE)
    const isLate = now().getTime() > at.getTime() + SENDING_MS
    const isFirst = isLate ? [] : await cache.mark(await Promise.all(some.map(markOf)))
    const results = some.map(async ({ push, token }, k): Promise<Sent> => {
      if (isLate) return { push, token, result: OUT_OF_TIME }
      return { push, token, result: isFirst[k] ? await send(fcm, push, token, at) : BEGUN_BEFORE }
    })
    sent.push(...(await Promise.all(results)))
  }
  return sent
}

const markOf = async ({ push, token }: Send) => keys.pushBegun(push.id, push.attempts, (await sha256Hex(token)).slice(0, 16))

async function send(fcm: Deps['fcm'], push: ClaimedPush, token: string, now: Date): Promise<SendResult> {
  const words = wordsOf(push.type, push.facts, push.nickname)
  if (!words) return { outcome: 'refused', error: 'its facts say nothing' }
  const title = isAdvertising(push.type) ? `(광고) ${words.title}` : words.title
  return fcm.send(composeMessage(push, { ...words, title }, token, now))
}

/** Decides one after another, so that a person's budget goes to the oldest notifications. */
function decideAll(claimed: readonly ClaimedPush[], now: Date): { push: ClaimedPush; decision: Decision }[] {
  const spentBy = new Map<string, Spent>()
  return claimed.map((push) => {
    const spent = spentBy.get(push.user_id) ?? push.spent
    const addressee = {
      ...push,
      settings: completeSettings(push.settings),
      has_device: push.tokens.length > 0 || push.is_told,
      // A notification that some device was told is in the budget already.
      spent: push.is_told ? NOTHING_SPENT : spent,
    }
    const decision = decidePush({ ...push, created_at: new Date(push.created_at) }, addressee, now)
    if (decision.act === 'push' || push.is_told) spentBy.set(push.user_id, spend(spent, push))
    return { push, decision }
  })
}

const NOTHING_SPENT: Spent = { day: 0, ranking: 0, ranking_down: 0, system: 0, strangers: 0, by_sender: {} }

/** The outcome to write for a notification, and after how many milliseconds to retry its message (null: not at all). */
function finish(
  push: ClaimedPush,
  decision: Decision,
  sent: readonly Sent[],
  now: Date,
): { outcome: FinishedPush; deliveries: FinishedDelivery[]; retryMs: number | null } {
  const { id, attempts, is_told } = push
  const done = { id, push_at: null, sweep_at: null, attempts, is_counted: is_told }
  if (decision.act === 'wait') {
    const at = decision.until.toISOString()
    const deliveries = is_told ? push.tokens.map((token) => delivery(id, token, 'retrying', null)) : []
    return {
      outcome: { ...done, push_state: 'waiting', push_reason: decision.reason, push_at: at, sweep_at: at },
      deliveries,
      retryMs: null,
    }
  }
  if (decision.act === 'withhold') {
    const push_state = is_told ? 'pushed' : 'withheld'
    return { outcome: { ...done, push_state, push_reason: decision.reason }, deliveries: [], retryMs: null }
  }
  const deliveries = sent.map(({ token, result }) => delivery(id, token, stateAfter(result, push), 'error' in result ? result.error : null))
  const isTold = is_told || deliveries.some(({ state }) => state === 'sent')
  const later = sent.filter((_, k) => deliveries[k]?.state === 'retrying')
  if (later.length === 0) {
    const push_state = isTold ? 'pushed' : 'failed'
    const reason = deliveries.find(({ error }) => error !== null)?.error ?? null
    return { outcome: { ...done, push_state, push_reason: isTold ? null : reason, is_counted: isTold }, deliveries, retryMs: null }
  }
  const waits = later.map(({ result }) => ('retry_after_ms' in result ? result.retry_after_ms : null))
  const retryMs = Math.max(...waits.map((retryAfterMs) => retryDelayMs({ attempts, retryAfterMs }, Math.random())))
  const push_at = new Date(now.getTime() + retryMs)
  return {
    outcome: {
      id,
      push_state: 'waiting',
      push_reason: 'fcm_unavailable',
      push_at: push_at.toISOString(),
      sweep_at: new Date(push_at.getTime() + SWEEP_AFTER_MS).toISOString(),
      attempts: attempts + 1,
      is_counted: isTold,
    },
    deliveries,
    retryMs,
  }
}

/** A send without an answer may have worked. It is sent again only if somebody waits for it. */
function stateAfter({ outcome }: SendResult, { type }: ClaimedPush): FinishedDelivery['state'] {
  if (outcome === 'unknown') return isWaitedFor(type) ? 'retrying' : 'sent'
  return outcome === 'later' ? 'retrying' : outcome
}

function delivery(notification_id: string, token: string, state: FinishedDelivery['state'], error: string | null): FinishedDelivery {
  return { notification_id, token, state, error }
}
