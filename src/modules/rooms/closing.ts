/** What a client does when the room closes its connection. */
type Next =
  /** Stay away, until the person enters anew. */
  | 'stop'
  /** Come again after a pause that grows, with a new ticket. */
  | 'reconnect'
  /** Come again at once with a new ticket, and stop when the answer is the same. */
  | 'new_ticket'

interface Closing {
  readonly code: number
  readonly name: string
  readonly meaning: string
  readonly next: Next
}

/** Why the server closes a connection, and what the client does then (docs/product.md#live-rooms). */
export const closings = [
  { code: 1000, name: 'done', meaning: 'I have said `end`, or everybody has', next: 'stop' },
  { code: 1013, name: 'try_again', meaning: 'The room cannot be asked now', next: 'reconnect' },
  {
    code: 4001,
    name: 'unauthenticated',
    meaning: 'Not signed in, no ticket within ten seconds, or a ticket that was used',
    next: 'new_ticket',
  },
  {
    code: 4002,
    name: 'not_open',
    meaning: 'Nobody has accepted, I have not, or the room is over. A meetup’s room: not open yet, or its place has moved',
    next: 'stop',
  },
  {
    code: 4003,
    name: 'not_a_participant',
    meaning: 'I am not, or no longer, one of those who were invited, or who go to the meetup',
    next: 'stop',
  },
  { code: 4008, name: 'too_fast_or_large', meaning: 'Messages came too fast, or one was too large', next: 'reconnect' },
  { code: 4009, name: 'replaced', meaning: 'I have entered on a newer connection, perhaps on another phone', next: 'stop' },
] as const satisfies readonly Closing[]

type Name = (typeof closings)[number]['name']
type CodeOf<N extends Name> = Extract<(typeof closings)[number], { name: N }>['code']

/** The codes by name. */
export const CLOSE = Object.fromEntries(closings.map(({ name, code }) => [name, code])) as { readonly [N in Name]: CodeOf<N> }

/** How a client comes back. Half of each pause is left to chance, so that the phones of a room do not all come at the same instant. */
export const RECONNECTING = { first_sec: 1, factor: 2, max_sec: 30, steady_after_sec: 10 } as const

/** A phone that has heard nothing for `ping_sec` asks, and gives the connection up when there is no answer within `answer_sec`. */
export const HEARTBEAT = { ping_sec: 25, answer_sec: 10 } as const
