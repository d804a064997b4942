import { statusOf } from './refusals.ts'

/** What happens when a card is charged. */
export interface CardVerdict {
  /** The error that Toss answers. */
  code?: string
  isCharged: boolean
  /** The connection ends without an answer. */
  isCut?: boolean
  /** The answer comes so much later. */
  lateMs?: number
  /** The card company deletes the billing key after the charge. */
  losesKey?: boolean
}

const declined = (code: string): CardVerdict => ({ code, isCharged: false })

/** By the last four digits of the card. */
const OUTCOMES: Readonly<Record<string, CardVerdict>> = {
  '0000': { isCharged: true },
  '0001': declined('REJECT_CARD_PAYMENT'),
  '0002': declined('INVALID_STOPPED_CARD'),
  '0003': declined('INVALID_CARD_EXPIRATION'),
  '0004': declined('REJECT_CARD_COMPANY'),
  '0005': declined('EXCEED_MAX_AMOUNT'),
  '0006': { isCharged: true, lateMs: 70_000 },
  '0007': { isCharged: true, isCut: true },
  '0008': { isCharged: false, isCut: true },
  '0009': { code: 'FAILED_INTERNAL_SYSTEM_PROCESSING', isCharged: true },
  '0010': { code: 'FAILED_INTERNAL_SYSTEM_PROCESSING', isCharged: false },
  '0011': { isCharged: true },
  '0012': { isCharged: true, losesKey: true },
}
/** The card that is topped up: so many attempts of an order are declined. */
const TOPPED_UP = '0011'
const DECLINES_BEFORE_TOP_UP = 2

/** One of the outcomes above, or an error code of Toss. */
export const OUTCOME_PATTERN = new RegExp(`^(${Object.keys(OUTCOMES).join('|')}|[A-Z]+(_[A-Z]+)+)$`)

export type Cards = ReturnType<typeof createCards>

export function createCards() {
  const changed = new Map<string, { outcome: string; delayMs: number | undefined }>()
  const attempts = new Map<string, number>()
  return {
    change: (number: string, outcome: string, delayMs: number | undefined) => void changed.set(number, { outcome, delayMs }),
    /** Counts as an attempt of the order. */
    charge(number: string, orderId: string): CardVerdict {
      const attempt = (attempts.get(orderId) ?? 0) + 1
      attempts.set(orderId, attempt)
      const { outcome, delayMs } = changed.get(number) ?? { outcome: number.slice(-4), delayMs: undefined }
      if (outcome === TOPPED_UP && attempt <= DECLINES_BEFORE_TOP_UP) return declined('REJECT_CARD_PAYMENT')
      const verdict = OUTCOMES[outcome] ?? (outcome.includes('_') ? declined(outcome) : OUTCOMES['0000']!)
      return delayMs === undefined ? verdict : { ...verdict, lateMs: delayMs }
    },
    clear() {
      changed.clear()
      attempts.clear()
    },
  }
}

/** What Toss tells of a card. It hides the digits from the ninth to the twelfth, and the last one. */
export function describeCard(number: string) {
  const issuers: Readonly<Record<string, string>> = { '3': '31', '4': '61', '5': '41', '9': '71' }
  return {
    issuerCode: issuers[number.slice(0, 1)] ?? '11',
    acquirerCode: '31',
    number: `${number.slice(0, 8)}****${number.slice(12, -1)}*`,
    cardType: number.startsWith('5') ? '체크' : '신용',
    ownerType: '개인',
  }
}

/** Errors of a card are definite, and errors of the server say nothing about the money. */
export const isDefinite = (code: string) => statusOf(code) < 500
