import { refundGoods } from './goods.ts'
import { answerConsent, beLate, cancel, expire, hold, pause, renew, resume, revoke } from './life.ts'
import { daysAfter, type Goods, type Happening, type Purchase, type Subscription } from './purchase.ts'

export interface Due {
  readonly at: Date
  readonly happen: () => Happening[]
}

const ACKNOWLEDGE_DAYS = 3
/** A license tester's purchase is given up within minutes. */
const TEST_ACKNOWLEDGE_DAYS = 5 / 1_440
/** Google gives the money back, because nobody acknowledged the purchase. */
const UNACKNOWLEDGED = { reason: 8, source: 2 }

/** What happens next to a purchase by itself. */
export function nextDue(purchase: Purchase): Due | undefined {
  const all = purchase.kind === 'subscription' ? dueOf(purchase) : dueOfGoods(purchase)
  return all.toSorted((a, b) => a.at.getTime() - b.at.getTime())[0]
}

function dueOfGoods(of: Goods): Due[] {
  const at = giveUpAt(of)
  return at && of.state === 'PURCHASED' ? [{ at, happen: () => refundGoods(of, at, UNACKNOWLEDGED) }] : []
}

function giveUpAt({ is_acknowledged, is_test, paid_at }: Purchase): Date | undefined {
  return is_acknowledged || !paid_at ? undefined : daysAfter(paid_at, is_test ? TEST_ACKNOWLEDGE_DAYS : ACKNOWLEDGE_DAYS)
}

function dueOf(of: Subscription): Due[] {
  const next = (at: Date | null, what: (of: Subscription, at: Date) => Happening[]) => (at ? [{ at, happen: () => what(of, at) }] : [])
  const giveUp = next(giveUpAt(of) ?? null, (_, at) => revoke(of, at, UNACKNOWLEDGED))
  switch (of.state) {
    case 'ACTIVE': {
      const atEnd = of.is_silently_late ? hold : of.pause_days !== null ? pause : of.card.fails ? beLate : renew
      const withoutConsent = next(of.consent?.deadline ?? null, (_, at) => answerConsent(of, at, false))
      return [...giveUp, ...(of.consent?.state === 'PENDING' ? withoutConsent : next(of.expires_at, atEnd))]
    }
    case 'IN_GRACE_PERIOD':
      return [...giveUp, ...next(of.expires_at, hold)]
    case 'ON_HOLD':
      return [...giveUp, ...next(of.hold_ends_at, (_, at) => cancel(of, at, 'system'))]
    case 'PAUSED':
      return [...giveUp, ...next(of.resumes_at, resume)]
    case 'CANCELED':
      return [...giveUp, ...next(of.expires_at, expire)]
    default:
      return []
  }
}
