import { temporarilyUnavailable } from '../../../core/errors.ts'
import type { Deps } from '../../../deps.ts'
import { paymentDeclined } from '../errors.ts'
import type { CardRow } from './queries.ts'
import type { ReplaceCard } from './schema.ts'

const DEADLINE_MS = 8_000
/** The same request may be on its way already. Toss then answers neither yes nor no. */
const PAUSES_MS = [200, 600]

/** A card that Toss has registered. The key itself goes nowhere. */
export interface RegisteredCard {
  readonly row: CardRow
  readonly billing_key: string
  /** What the trial of the card is counted by, or null when Toss did not say which card it is. */
  readonly trial_key: string | null
}

/** The id of a registered card follows from the window that it was typed into, so that a repeat of the request is the same one at Toss. */
export const identifyCard = ({ keyedIds }: Pick<Deps, 'keyedIds'>, user_id: string, auth_key: string): Promise<string> =>
  keyedIds.of({ user_id, route: 'billing key', key: auth_key })

/** Throws when the card is refused, and when nobody knows. Then the same call again is safe. */
export async function registerCard(
  { toss, vault, keyedHashes }: Pick<Deps, 'toss' | 'vault' | 'keyedHashes'>,
  { auth_key, customer_key }: ReplaceCard,
  id: string,
): Promise<RegisteredCard> {
  const ask = () => toss.issueBillingKey({ auth_key, customer_key }, `issue-${id}`, { deadlineMs: DEADLINE_MS })
  let answer = await ask()
  for (const pause of PAUSES_MS) {
    if (answer.outcome !== 'unknown' || !answer.error.startsWith('409')) break
    await new Promise((resolve) => setTimeout(resolve, pause))
    answer = await ask()
  }
  if (answer.outcome === 'declined')
    throw paymentDeclined({ extensions: { decline_code: answer.code, needs_new_card: answer.needs_new_card } })
  if (answer.outcome !== 'answered') {
    const reason = answer.outcome === 'unknown' ? answer.error : answer.code
    throw temporarilyUnavailable({ cause: new Error(`toss: ${answer.outcome} ${reason}`) })
  }
  const { billing_key, card } = answer.billing
  const number = card?.number ?? null
  return {
    billing_key,
    row: {
      id,
      customer_key: answer.billing.customer_key,
      sealed_key: await vault.seal(billing_key),
      key_hash: await keyedHashes.of(billing_key),
      card: { issuer_code: card?.issuer_code ?? null, number: number ?? '', type: card?.type ?? null },
    },
    trial_key: number && (await keyedHashes.of(`card:${card?.issuer_code ?? ''}:${number}`)),
  }
}

/** Deletes at Toss a card that was registered for nothing. */
export const forgetCard = ({ toss }: Pick<Deps, 'toss'>, { row, billing_key }: RegisteredCard): Promise<void> =>
  toss.deleteBillingKey(billing_key).catch((error: unknown) => {
    console.warn(
      JSON.stringify({ level: 'warn', message: 'an unused billing key is left at Toss', billing_key_id: row.id, error: String(error) }),
    )
  })
