import type { RoomStore } from './room-store.ts'

/** What a room does at a time. */
export type Timer = 'door' | 'frame' | 'check' | 'linger' | 'record' | 'end' | 'forget' | 'vanish'

/** A timer's work must be done within this time. Work that was cut off begins again after it. */
const LEASE_MS = 30_000
const RETRY_MS = 1_000
const RETRY_MAX_MS = 60_000

/** The one alarm of a Durable Object. */
interface Alarm {
  getAlarm(): Promise<number | null>
  setAlarm(at_ms: number): Promise<void>
}

/**
 * Several named timers on a Durable Object's one alarm. They outlive an eviction. A timer whose work fails or is cut off is due again later, and holds up
 * no other.
 */
export class Timers {
  readonly #store: RoomStore
  readonly #alarm: Alarm
  readonly #due: Map<Timer, number>
  readonly #unsaved: ReadonlySet<Timer>
  /** Timers whose work is running. Their due time is only the time at which the work would begin again. */
  readonly #leases = new Map<Timer, number>()
  readonly #failures = new Map<Timer, number>()

  /** `unsaved` timers are not stored, because they follow from something else that is. Each has the time at which it is due, or `null` when it is not set. */
  constructor(store: RoomStore, alarm: Alarm, unsaved: ReadonlyMap<Timer, number | null>) {
    this.#store = store
    this.#alarm = alarm
    this.#unsaved = new Set(unsaved.keys())
    // Only this class writes these names.
    this.#due = store.loadTimers() as Map<Timer, number>
    for (const [name, due_ms] of unsaved) {
      if (due_ms === null) this.#due.delete(name)
      else this.#due.set(name, due_ms)
    }
  }

  dueAt(name: Timer): number | undefined {
    return this.#due.get(name)
  }

  /** Sets a timer to `due_ms`, whatever was set before. */
  set(name: Timer, due_ms: number): void {
    if (this.#due.get(name) === due_ms) return
    this.#due.set(name, due_ms)
    if (!this.#unsaved.has(name)) this.#store.saveTimer(name, due_ms)
    void this.#arm()
  }

  /** Makes a timer due at `due_ms` at the latest. */
  setBy(name: Timer, due_ms: number): void {
    const known = this.#due.get(name)
    if (known === undefined || known === this.#leases.get(name) || known > due_ms) this.set(name, due_ms)
  }

  clear(...names: Timer[]): void {
    for (const name of names) if (this.#due.delete(name) && !this.#unsaved.has(name)) this.#store.deleteTimer(name)
  }

  /** Runs the timers that are due, one after the other. Work that repeats sets its own timer again. */
  async run(now_ms: number, work: (name: Timer) => void | Promise<void>): Promise<void> {
    const due = [...this.#due].filter(([, due_ms]) => due_ms <= now_ms).toSorted((a, b) => a[1] - b[1])
    for (const [name] of due) {
      const lease = now_ms + LEASE_MS
      this.#leases.set(name, lease)
      this.set(name, lease)
      try {
        await work(name)
        if (this.#due.get(name) === lease) this.clear(name)
        this.#failures.delete(name)
      } catch (error) {
        const failures = (this.#failures.get(name) ?? 0) + 1
        this.#failures.set(name, failures)
        console.error(JSON.stringify({ level: 'error', message: 'a live room could not do its work', timer: name, error: String(error) }))
        this.set(name, now_ms + Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MAX_MS))
      }
      this.#leases.delete(name)
    }
    await this.#arm()
  }

  /** Sets the alarm again for a room that woke up without one. */
  async restore(): Promise<void> {
    if (this.#due.size > 0 && (await this.#alarm.getAlarm()) === null) await this.#arm()
  }

  forget(): void {
    this.#due.clear()
    this.#failures.clear()
  }

  async #arm(): Promise<void> {
    if (this.#due.size > 0) await this.#alarm.setAlarm(Math.min(...this.#due.values()))
  }
}
