import type { TossPayment } from '../../../vendors/toss/wire.ts'

/** A payment as the API of Toss has shown it. */
export type ShownPayment = TossPayment
