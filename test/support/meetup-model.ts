/** A meetup with its dates as plain data, and what may happen to it. The SQL functions must come to the same. Times are milliseconds. */

export type Status = 'going' | 'waiting' | 'requested' | 'declined' | 'left' | 'removed'

interface Part {
  readonly user: number
  status: Status
  /** The order of joining. */
  no: number
  left_at: number
  is_late: boolean
}

interface ModelDate {
  readonly starts_at: number
  capacity: number
  is_cancelled: boolean
  readonly parts: Part[]
}

export interface Setting {
  /** When each date begins, soonest first. */
  readonly starts: readonly number[]
  readonly capacity: number
  readonly is_manual: boolean
  /** Whose pets are not what the meetup is for. */
  readonly misfits: readonly number[]
}

/** The number of the host. Guests follow. */
export const HOST = 0
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const IN: readonly Status[] = ['going', 'waiting', 'requested']

export class MeetupModel {
  readonly dates: ModelDate[]
  readonly #setting: Setting
  readonly #blocked = new Set<number>()
  readonly #removed = new Set<number>()
  readonly gone = new Set<number>()
  is_cancelled = false
  #no = 0

  constructor(setting: Setting) {
    this.#setting = setting
    this.dates = setting.starts.map((starts_at) => ({
      starts_at,
      capacity: setting.capacity,
      is_cancelled: false,
      parts: [{ user: HOST, status: 'going', no: this.#no++, left_at: 0, is_late: false }],
    }))
  }

  /** What a reader of the tables sees. */
  get state() {
    return {
      is_cancelled: this.is_cancelled,
      dates: this.dates.map((date) => ({
        capacity: date.capacity,
        going: going(date),
        is_cancelled: date.is_cancelled,
        parts: date.parts.toSorted((a, b) => a.no - b.no).map(({ user, status }) => [user, status]),
      })),
    }
  }

  #sees = (user: number) => !this.gone.has(HOST) && !this.#blocked.has(user)

  join(user: number, nth: number, takesWaiting: boolean, at: number): string {
    const date = this.dates[nth]!
    const mine = partOf(date, user)
    if (!this.#sees(user)) return 'unknown'
    if (date.is_cancelled) return 'cancelled'
    const isFirstCome = isWaitingOver(date, at) && date.starts_at > at && going(date) < date.capacity
    if (mine?.status === 'waiting' && isFirstCome) mine.status = 'going'
    if (mine && IN.includes(mine.status)) return `in ${mine.status}`
    if (date.starts_at <= at) return 'over'
    if (mine?.status === 'declined') return 'declined'
    if (mine?.status === 'removed' || this.#removed.has(user)) return 'removed'
    if (this.#setting.misfits.includes(user)) return 'no_fit'
    const isFull = going(date) >= date.capacity
    if (isFull && (!takesWaiting || isWaitingOver(date, at))) return 'full'
    const status = this.#setting.is_manual || this.#needsApproval(user, at) ? 'requested' : isFull ? 'waiting' : 'going'
    const fresh = { status, no: this.#no++, is_late: false, left_at: 0 } as const
    if (mine) Object.assign(mine, fresh)
    else date.parts.push({ user, ...fresh })
    return `in ${status}`
  }

  leave(user: number, nth: number, at: number): string {
    const date = this.dates[nth]!
    const mine = partOf(date, user)
    if (!mine || !IN.includes(mine.status)) return this.#sees(user) ? 'out' : 'unknown'
    if (date.starts_at <= at && !date.is_cancelled) return 'over'
    const isLate = mine.status === 'going' && isWaitingOver(date, at) && !date.is_cancelled
    this.#free(date, mine, 'left', at)
    if (isLate) mine.is_late = true
    return 'out'
  }

  answer(user: number, nth: number, isWelcome: boolean, at: number): string {
    const date = this.dates[nth]!
    const mine = partOf(date, user)
    if (!mine || this.#blocked.has(user) || this.gone.has(user)) return 'nobody'
    if (isWelcome ? ['going', 'waiting'].includes(mine.status) : mine.status === 'declined') return `in ${mine.status}`
    if (date.is_cancelled) return 'cancelled'
    if (date.starts_at <= at) return 'over'
    if (mine.status === 'going' || mine.status === 'waiting') return 'answered'
    if (mine.status !== 'requested' && mine.status !== 'declined') return 'nobody'
    const isFull = going(date) >= date.capacity
    if (isWelcome && isFull && isWaitingOver(date, at)) return 'full'
    mine.status = !isWelcome ? 'declined' : isFull ? 'waiting' : 'going'
    return `in ${mine.status}`
  }

  remove(user: number, at: number): string {
    if (!this.dates.some((date) => partOf(date, user))) return 'nobody'
    this.#removed.add(user)
    this.#freeAhead(user, 'removed', at)
    return 'out'
  }

  block(user: number, at: number): void {
    this.#blocked.add(user)
    this.#freeAhead(user, 'left', at)
  }

  unblock(user: number): void {
    this.#blocked.delete(user)
  }

  /** Leaves the service, or is banned. */
  go(user: number, at: number): void {
    this.gone.add(user)
    if (user !== HOST) return this.#freeAhead(user, 'left', at)
    if (this.#setting.starts.length > 1 || this.dates.some((date) => date.starts_at > at && !date.is_cancelled)) this.is_cancelled = true
    for (const date of this.dates) if (date.starts_at > at) date.is_cancelled = true
  }

  setCapacity(nth: number, capacity: number, at: number): string {
    const date = this.dates[nth]!
    if (date.is_cancelled) return 'cancelled'
    if (date.starts_at <= at) return 'over'
    if (going(date) > capacity) return 'below_going'
    date.capacity = capacity
    this.#fill(date, at)
    return 'changed'
  }

  cancel(nth: number | null, at: number): string {
    const isSeries = this.dates.length > 1
    if (nth === null) {
      if (this.is_cancelled) return 'done'
      if (!isSeries && this.dates.every((date) => date.starts_at <= at)) return 'over'
      for (const date of this.dates) if (date.starts_at > at) date.is_cancelled = true
      this.is_cancelled = true
      return 'done'
    }
    const date = this.dates[nth]!
    if (date.is_cancelled) return 'done'
    if (date.starts_at <= at) return 'over'
    date.is_cancelled = true
    if (!isSeries) this.is_cancelled = true
    return 'done'
  }

  #freeAhead(user: number, becomes: Status, at: number): void {
    for (const date of this.dates) {
      const mine = partOf(date, user)
      if (mine && date.starts_at > at && IN.includes(mine.status)) this.#free(date, mine, becomes, at)
    }
  }

  #free(date: ModelDate, mine: Part, becomes: Status, at: number): void {
    const was = mine.status
    mine.status = becomes
    mine.left_at = at
    if (was === 'going') this.#fill(date, at)
  }

  /** In the order of joining, while there are seats. */
  #fill(date: ModelDate, at: number): void {
    if (date.is_cancelled || isWaitingOver(date, at)) return
    for (const part of date.parts.filter(({ status }) => status === 'waiting').toSorted((a, b) => a.no - b.no))
      if (going(date) < date.capacity) part.status = 'going'
  }

  #needsApproval(user: number, at: number): boolean {
    const strikes = this.dates.flatMap((date) => {
      const mine = partOf(date, user)
      return mine?.is_late && !date.is_cancelled && isWaitingOver(date, at) ? [mine.left_at] : []
    })
    return strikes.length >= 3 && Math.max(...strikes) > at - 14 * DAY_MS
  }
}

const going = ({ parts }: ModelDate) => parts.filter(({ status }) => status === 'going').length
const partOf = ({ parts }: ModelDate, of: number) => parts.find(({ user }) => user === of)
const isWaitingOver = ({ starts_at }: ModelDate, at: number) => starts_at - at <= 2 * HOUR_MS
