import { accountSuspended } from './errors.ts'

/** Throws while the caller is suspended. Every write that others can read calls it, and its statement writes nothing then (`mayWrite`). */
export function refuseSuspended({ suspended_until }: { readonly suspended_until: string | null }): void {
  if (suspended_until === null) return
  const [until = '', reason = null] = suspended_until.split(' ')
  throw accountSuspended({ extensions: { until: new Date(until).toISOString(), reason } })
}
