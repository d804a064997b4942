/**
 * Why data.go.kr gave nothing usable. `quota`: the day's calls are used up, until 00:00 in Seoul. `rate`: too many at once. `misconfigured`: our key, our
 * permission or our request is wrong, and the same call would fail again. `unavailable`: everything that passes by itself.
 */
export interface PublicDataFailure {
  readonly outcome: 'failed'
  readonly reason: 'quota' | 'rate' | 'misconfigured' | 'unavailable'
  /** Two digits or more, as the gateway or the provider says it. Null when nobody said one. */
  readonly code: string | null
}

/** `nothing` is the provider's 03: there are no such data, or none yet. */
export type PublicDataOutcome<T> = { readonly outcome: 'answered'; readonly value: T } | { readonly outcome: 'nothing' } | PublicDataFailure

/** What a provider answered with, not yet validated. */
export interface PublicDataPage {
  /** The provider's `body`. */
  readonly body: unknown
  readonly items: readonly unknown[]
  /** How many items there are on all pages. Null when the provider does not say. */
  readonly total: number | null
}
