import type { PeriodFact, PurchaseFacts, RenewalFact } from '../../src/modules/payments/ledger/facts.ts'
import type { Random } from '../../dev/random.ts'

const DAY_MS = 86_400_000
const PRICES = { monthly: 3_900, annual: 31_200 } as const
type Plan = keyof typeof PRICES

/** A period as it truly was in the end. Times are milliseconds. */
interface TruePeriod {
  readonly ref: string
  readonly plan: Plan
  readonly kind: 'trial' | 'paid'
  readonly starts: number
  ends: number
  revoked: number | null
  /** Told of: it was cut by an upgrade. */
  upgraded: boolean
  /** Every change of whether it is revoked, for the ledger. */
  readonly turns: { at: number; is_revoked: boolean }[]
}

/** One subscription of a store from its purchase on: what the store says, in order, and what is true. */
export interface History {
  readonly events: readonly PurchaseFacts[]
  /** Whether there is access at a time. */
  isPremiumAt(at: number): boolean
  /** Transaction, kind and amount of every row of the ledger. */
  readonly ledger: readonly string[]
  /** Times about which something changes. */
  readonly edges: readonly number[]
}

/** Plays a subscription through at random: trials, renewals, late payments, grace, hold, upgrades, refunds, refunds taken back, longer periods, cancellations. */
export function playStore(random: Random, provider: PurchaseFacts['provider'], from: number): History {
  const external_id = `history-${crypto.randomUUID()}`
  const periods: TruePeriod[] = []
  const grace: { starts: number; ends: number; of: TruePeriod }[] = []
  const events: PurchaseFacts[] = []
  let now = from
  let serial = 0
  let isRenewing = true
  let graceUntil: number | null = null
  let isOnHold = false

  const length = (plan: Plan) => (plan === 'annual' ? 365 : 30) * DAY_MS
  const iso = (at: number) => new Date(at).toISOString()
  const current = () => periods.at(-1) as TruePeriod

  function begin(plan: Plan, kind: TruePeriod['kind']) {
    const ends = now + (kind === 'trial' ? 7 * DAY_MS : length(plan))
    periods.push({ ref: `${external_id}..${periods.length}`, plan, kind, starts: now, ends, revoked: null, upgraded: false, turns: [] })
  }

  function say(about: readonly TruePeriod[]) {
    // Two messages never have the same time: the store's clock goes on.
    now += 1 + Math.floor(random.between(0, 40))
    const isApple = provider === 'ios_iap'
    const told = about.map((it): PeriodFact => ({
      ref: it.ref,
      fact_at: iso(now),
      kind: it.kind,
      plan: it.plan,
      starts_at: iso(it.starts),
      ends_at: iso(it.ends),
      amount_won: it.kind === 'trial' ? 0 : PRICES[it.plan],
      currency: 'KRW',
      is_upgraded: it.upgraded,
      tells_revocation: isApple,
      revoked_at: isApple && it.revoked !== null ? iso(it.revoked) : null,
    }))
    const voided = isApple ? [] : about.filter(({ revoked }) => revoked !== null).map((it): PeriodFact => voidedFact(it, now))
    const renewal: RenewalFact = {
      fact_at: iso(now),
      auto_renew: isRenewing,
      next_plan: null,
      grace_ends_at: graceUntil === null ? null : iso(graceUntil),
      is_on_hold: isOnHold,
    }
    const event_id = `${external_id}-${++serial}`
    const environment = 'production' as const
    const whose = { account_token: null, plan: current().plan }
    events.push({ provider, environment, external_id, event_id, ...whose, periods: [...told, ...voided], renewals: [renewal] })
  }

  function voidedFact(it: TruePeriod, at: number): PeriodFact {
    const bounds = { kind: it.kind, plan: it.plan, starts_at: null, ends_at: null, amount_won: 0, currency: 'KRW' }
    return { ref: it.ref, fact_at: iso(at), ...bounds, tells_revocation: true, revoked_at: iso(it.revoked as number) }
  }

  /** What may happen while a period runs. */
  function live() {
    const it = current()
    const span = it.ends - now
    if (span < 4 * DAY_MS) return
    now += Math.floor(random.between(0.1, 0.6) * span)
    const dice = random.next()
    if (dice < 0.15) isRenewing = !isRenewing
    else if (dice < 0.3 && it.plan === 'monthly' && it.kind === 'paid' && it.revoked === null) {
      it.upgraded = true
      it.ends = now
      const old = it
      begin('annual', 'paid')
      say([old, current()])
      return
    } else if (dice < 0.5) {
      const of = random.pick(periods)
      if (of.kind === 'paid' && of.revoked === null && of.starts < now) {
        of.revoked = now
        of.turns.push({ at: now, is_revoked: true })
        say([of])
        if (provider === 'ios_iap' && random.chance(0.3)) {
          now += DAY_MS
          of.revoked = null
          of.turns.push({ at: now, is_revoked: false })
          say([of])
        }
        return
      }
    } else if (dice < 0.6) it.ends += Math.floor(random.between(1, 10)) * DAY_MS
    say([it])
  }

  begin(random.pick(['monthly', 'annual'] as const), random.chance(0.4) ? 'trial' : 'paid')
  say([current()])
  for (let turns = Math.floor(random.between(2, 7)); turns > 0; turns--) {
    live()
    const it = current()
    if (now < it.ends) now = it.ends
    if (!isRenewing || it.revoked !== null) {
      say([it])
      if (random.chance(0.6)) break
      // They come back after a while.
      now += Math.floor(random.between(1, 40)) * DAY_MS
      isRenewing = true
      begin(random.pick(['monthly', 'annual'] as const), 'paid')
      say([current()])
      continue
    }
    if (random.chance(0.35)) {
      const days = random.pick([0, 3, 16])
      const late = Math.floor(random.between(1, 25)) * DAY_MS
      const failedAt = it.ends
      if (days > 0) graceUntil = failedAt + days * DAY_MS
      else isOnHold = true
      say([it])
      const until = Math.min(graceUntil ?? failedAt, failedAt + late)
      if (graceUntil !== null) {
        if (failedAt + late > graceUntil) {
          now = graceUntil
          graceUntil = null
          isOnHold = true
          say([it])
        }
        grace.push({ starts: failedAt, ends: until, of: it })
      }
      now = failedAt + late
      graceUntil = null
      isOnHold = false
      if (random.chance(0.3)) {
        isRenewing = false
        say([it])
        break
      }
    }
    begin(it.plan, 'paid')
    say([current()])
  }

  // Google tells no amount of a refund, and neither store an end of grace that a refund took away.
  const covers = (at: number) =>
    periods.some((it) => it.starts <= at && at < Math.min(it.ends, it.revoked ?? Infinity)) ||
    grace.some(({ starts, ends, of }) => of.revoked === null && starts <= at && at < ends)
  const ledger = periods.flatMap((it) => {
    if (it.kind === 'trial') return []
    const amount = PRICES[it.plan]
    const told = it.turns.map(({ is_revoked }) => `${it.ref} ${is_revoked ? `refund ${-amount}` : `reversal ${amount}`}`)
    return [...new Set([`${it.ref} charge ${amount}`, ...told])]
  })
  const edges = [...periods.flatMap((it) => [it.starts, it.ends, it.revoked ?? it.ends]), ...grace.flatMap((it) => [it.starts, it.ends])]
  return { events, isPremiumAt: covers, ledger: ledger.toSorted(), edges }
}
