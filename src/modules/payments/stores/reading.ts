/** How many subscriptions one message reconciles: each takes a call to the store, and two trips where it differs. */
export const RECONCILED_PARTS = 10
/** The store's instants have milliseconds, and what has ended may be told a moment later. */
const TOLERANCE_MS = 1_000

export interface Reconciled {
  readonly id: string
  readonly external_id: string
  readonly environment: string
  readonly ends_at: string | null
  readonly auto_renew: boolean
}

/** Whether the store knows another end, or goes on where we do not. */
export function differs(ours: Pick<Reconciled, 'ends_at' | 'auto_renew'>, theirs: { ends_at: Date | null; auto_renew: boolean }): boolean {
  const ends = ours.ends_at === null ? null : Date.parse(ours.ends_at)
  const isSameEnd = ends === null || theirs.ends_at === null ? ends === theirs.ends_at : Math.abs(ends - theirs.ends_at.getTime()) <= TOLERANCE_MS
  return !isSameEnd || ours.auto_renew !== theirs.auto_renew
}
