import { createApi } from './app-store/api.ts'
import { createControl } from './app-store/control.ts'
import { nextDue } from './app-store/lifecycle.ts'
import { createNotices, describeNotice } from './app-store/notices.ts'
import { createPurchases } from './app-store/purchases.ts'
import { createAppleSigner } from './app-store/signing.ts'
import type { Clock } from './clock.ts'
import { createHost, type Vendor } from './vendor.ts'

/** The App Store: purchases with their renewals, the notifications about them, and the App Store Server API of both environments. */
export function createAppStore({ workerUrl, clock }: { workerUrl: string; clock: Clock }): Vendor {
  const signer = createAppleSigner()
  const purchases = createPurchases(clock)
  const notices = createNotices({ signer, webhookUrl: `${workerUrl}/payments/webhook/apple` })
  let isApproved = true
  const unapproved = new Set<string>()

  /** What falls due first by now: an event of a purchase, or another attempt to send a notification. */
  function findDue(only?: string) {
    const happenings = purchases.list(only).flatMap((purchase) => {
      const due = nextDue(purchase, purchases.nextId)
      if (!due || due.at > purchases.now(purchase)) return []
      return [{ at: due.at, happen: async () => Promise.all(due.happen().map((it) => notices.announce(it))) }]
    })
    const retries = notices.list().flatMap((notice) => {
      const { next_at: at, purchase } = notice
      if (!at || (only !== undefined && only !== purchase?.id && only !== purchase?.account_token)) return []
      if (at > (purchase ? purchases.now(purchase) : clock.now())) return []
      return [{ at, happen: async () => (await notices.attempt(notice, at), [notice]) }]
    })
    return [...happenings, ...retries].toSorted((a, b) => a.at.getTime() - b.at.getTime())[0]
  }

  async function advance(only?: string) {
    const happened: object[] = []
    for (let due = findDue(only); due; due = findDue(only))
      for (const notice of await due.happen()) {
        const attempt = notice.attempts.length
        happened.push({ vendor: 'app-store', ...describeNotice(notice), ...(attempt > 1 && { attempt }) })
      }
    return happened
  }

  const apiOf = (environment: 'Production' | 'Sandbox') =>
    createApi({ environment, purchases, notices, isApproved: (id) => isApproved && !(id && unapproved.has(id)) })

  const control = createHost()
  control.route(
    '/',
    createControl({
      purchases,
      notices,
      signer,
      approve({ approved, for: id }) {
        if (id === undefined) isApproved = approved
        else if (approved) unapproved.delete(id)
        else unapproved.add(id)
      },
    }),
  )

  return {
    hosts: { 'api.storekit.apple.com': apiOf('Production'), 'api.storekit-sandbox.apple.com': apiOf('Sandbox') },
    control,
    advance,
    reset() {
      purchases.clear()
      notices.clear()
      isApproved = true
      unapproved.clear()
    },
  }
}
