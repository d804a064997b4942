import { z } from 'zod'
import { sha256Hex } from '../../core/hash.ts'

/**
 * What a webhook of Toss says. Nobody signs it, so anybody may have sent it. Only its ids are of use, and what is true is read from the API.
 */
export interface TossNotice {
  /** Repeats of a notice have the same. */
  readonly event_id: string
  readonly type: string
  readonly payment_key: string | null
  readonly order_id: string | null
  readonly billing_key: string | null
  readonly secret: string | null
  readonly status: string | null
}

const UNREADABLE = 'UNREADABLE'
const DEPOSIT = 'DEPOSIT_CALLBACK'

/** Toss writes visible ASCII. A field that is missing or odd does not spoil the others. */
const textSchema = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x21-\x7e]+$/)
    .nullish()
    .catch(null)

const dataSchema = z
  .object({
    paymentKey: textSchema(200),
    orderId: textSchema(64),
    billingKey: textSchema(300),
    secret: textSchema(100),
    status: textSchema(40),
  })
  .transform(({ paymentKey, orderId, billingKey, secret, status }) => ({
    payment_key: paymentKey ?? null,
    order_id: orderId ?? null,
    billing_key: billingKey ?? null,
    secret: secret ?? null,
    status: status ?? null,
  }))
const eventSchema = z.object({ eventType: z.string().regex(/^[\w.]{1,64}$/), data: dataSchema.catch(dataSchema.parse({})) })
const depositSchema = z.object({ orderId: z.string().min(1), status: z.string().min(1), eventType: z.undefined().optional() })
const transmissionSchema = z.string().regex(/^[\w.:-]{1,100}$/)

/** Reads the three shapes of notices, and keeps the name of any other. */
export async function readTossNotice(body: unknown, headers: Headers): Promise<TossNotice> {
  const transmission = transmissionSchema.safeParse(headers.get('tosspayments-webhook-transmission-id')).data
  const event_id = transmission ?? (await sha256Hex(JSON.stringify(body) ?? ''))
  const event = eventSchema.safeParse(body).data
  if (event) return { event_id, type: event.eventType, ...event.data }
  const deposit = depositSchema.safeParse(body).success ? dataSchema.parse(body) : undefined
  return { event_id, type: deposit ? DEPOSIT : UNREADABLE, ...(deposit ?? dataSchema.parse({})) }
}
