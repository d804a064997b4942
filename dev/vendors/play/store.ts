import type { Clock } from '../clock.ts'
import { Refusal } from '../vendor.ts'
import { nextDue } from './due.ts'
import { giveWay, start } from './life.ts'
import type { Delivery, Notice, PubSub } from './pubsub.ts'
import { type Happening, latestOf, type Purchase, type Subscription } from './purchase.ts'

/** Google forgets a subscription so long after it is over. */
const FORGOTTEN_AFTER_MS = 60 * 86_400_000

export type Store = ReturnType<typeof createStore>

/** All purchases, by token. */
export function createStore({ clock, pubsub }: { clock: Clock; pubsub: PubSub }) {
  const purchases = new Map<string, Purchase>()
  const nowFor = ({ token, account_id }: Purchase) => clock.now(token, account_id ?? undefined)

  function get(token: string): Purchase {
    const purchase = purchases.get(token)
    if (!purchase) throw new Refusal(404, { error: 'no such purchase' })
    return purchase
  }

  /** Tells what happened. What comes later to the same purchase never happens before it. */
  async function tell(happenings: readonly Happening[], delivery?: Partial<Delivery>): Promise<Notice[]> {
    const told: Notice[] = []
    for (const happening of happenings) {
      const purchase = get(happening.token)
      purchase.latest = latestOf(purchase.latest, happening.at)
      const { notice } = happening
      if (notice)
        told.push(
          await pubsub.publish(
            { ...happening, notice },
            { ...delivery, send: delivery?.send ?? purchase.send, to: delivery?.to ?? purchase.to },
          ),
        )
    }
    return told
  }

  return {
    get,
    nowFor,
    /** Now, for a purchase that is not known yet. */
    nowOf: (token: string, account_id?: string) => clock.now(token, account_id),
    peek: (token: string) => purchases.get(token),
    tell,
    add(purchase: Purchase): void {
      purchases.set(purchase.token, purchase)
    },
    list: (): readonly Purchase[] => [...purchases.values()],

    /** What the API knows of a token now. */
    find(token: string): Purchase | 'gone' | undefined {
      const purchase = purchases.get(token)
      if (purchase?.kind !== 'subscription' || purchase.state !== 'EXPIRED') return purchase
      const isForgotten = nowFor(purchase).getTime() - purchase.expires_at!.getTime() > FORGOTTEN_AFTER_MS
      return isForgotten ? 'gone' : purchase
    },

    /** The payment of a subscription comes, which ends the one whose place it takes. */
    startNow(of: Subscription, at: Date): Happening[] {
      const old = of.linked_token ? purchases.get(of.linked_token) : undefined
      const happened = start(of, at)
      return old?.kind === 'subscription' && old.state !== 'EXPIRED' ? [...happened, ...giveWay(old, at)] : happened
    },

    /** Lets happen, in its order, what has fallen due for the one whom `only` names, or for all. */
    async advance(only?: string): Promise<object[]> {
      const isMeant = (token: string) => only === undefined || token === only || purchases.get(token)?.account_id === only
      const redelivered = await pubsub.redeliver(isMeant)
      const happened: object[] = redelivered.map((notice) => ({ vendor: 'google_play', redelivered: true, ...notice }))
      for (;;) {
        const next = [...purchases.values()]
          .filter(({ token }) => isMeant(token))
          .flatMap((purchase) => {
            const due = nextDue(purchase)
            return due && due.at <= nowFor(purchase) ? due : []
          })
          .toSorted((a, b) => a.at.getTime() - b.at.getTime())[0]
        if (!next) return happened
        const happenings = next.happen()
        const notices = await tell(happenings)
        happened.push(
          ...happenings.map(({ token, event, at }) => {
            const notice = notices.find((one) => one.token === token && one.event === event)
            return { vendor: 'google_play', token, event, at, ...notice }
          }),
        )
      }
    },

    reset: () => purchases.clear(),
  }
}
