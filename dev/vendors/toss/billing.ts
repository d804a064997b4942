import type { Hono } from 'hono'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { randomToken } from '../vendor.ts'
import type { Answers, Deed } from './answers.ts'
import { chargeCard, orderIdSchema, readRequest } from './charges.ts'
import type { Notices } from './notices.ts'
import { refusal } from './refusals.ts'
import type { BillingKey, TossState } from './state.ts'
import { toBilling } from './wire.ts'

const customerKeySchema = z.string().min(2).max(300)
const issueSchema = z.looseObject({ authKey: z.string().min(1).max(300), customerKey: customerKeySchema })
const chargeSchema = z.looseObject({
  customerKey: customerKeySchema,
  amount: z.int().positive(),
  orderId: orderIdSchema,
  orderName: z.string().min(1).max(100),
})
/** Whom a request is about. */
const namesSchema = z.looseObject({ customerKey: z.string().optional(), orderId: z.string().optional() })

interface Parts {
  state: TossState
  answers: Answers
  notices: Notices
  clock: Clock
}

/** Billing keys and what is charged with them. Toss sends no notice of such a charge. */
export function addBilling(host: Hono, { state, answers, notices, clock }: Parts) {
  const namesOf = (body: unknown) => {
    const { customerKey, orderId } = namesSchema.safeParse(body).data ?? {}
    return [customerKey, orderId]
  }

  host.post('/v1/billing/authorizations/issue', (c) => answers.post(c, namesOf, (body) => issue(readRequest(issueSchema, body))))
  host.post('/v1/billing/:billingKey', (c) => {
    const { billingKey } = c.req.param()
    return answers.post(c, namesOf, (body) => charge(billingKey, readRequest(chargeSchema, body)))
  })
  host.delete('/v1/billing/:billingKey', (c) =>
    answers.plain(c, () => {
      const key = live(c.req.param('billingKey'))
      key.isDeleted = true
      void notices.sendDeletion(key, null)
      return c.body(null, 200)
    }),
  )

  function live(billingKey: string): BillingKey {
    const key = state.billingKeys.get(billingKey)
    if (!key || key.isDeleted) throw refusal('INVALID_BILL_KEY_REQUEST')
    return key
  }

  function issue({ authKey, customerKey }: z.output<typeof issueSchema>): Deed {
    const auth = state.authKeys.get(authKey)
    if (!auth) throw refusal('INVALID_BILLING_AUTH')
    if (auth.customerKey !== customerKey) throw refusal('INVALID_CUSTOMER_KEY')
    state.authKeys.delete(authKey)
    if (auth.refusal) throw refusal(auth.refusal)
    // A real one holds `=`, and so needs encoding in a path.
    const key: BillingKey = { billingKey: `${randomToken(32)}=`, customerKey, cardNumber: auth.cardNumber, isDeleted: false }
    state.billingKeys.set(key.billingKey, key)
    return { status: 200, body: toBilling(key, clock.now(customerKey)) }
  }

  function charge(billingKey: string, { customerKey, amount, orderId, orderName }: z.output<typeof chargeSchema>): Deed | null {
    const key = live(billingKey)
    if (key.customerKey !== customerKey) throw refusal('NOT_MATCHES_CUSTOMER_KEY')
    if (state.isTaken(orderId, customerKey)) throw refusal('DUPLICATED_ORDER_ID')
    const { cardNumber } = key
    const open = () => state.open({ orderId, orderName, type: 'BILLING', method: '카드', customerKey, cardNumber, totalAmount: amount })
    return chargeCard(state, {
      cardNumber,
      orderId,
      amount,
      approve: () => ({ payment: state.approve(open()) }),
      decline: (code) => state.abort(open(), code),
      loseKey() {
        key.isDeleted = true
        void notices.sendDeletion(key, 'CARD_COMPANY')
      },
    })
  }
}
