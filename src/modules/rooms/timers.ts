import type { RoomStore } from './room-store.ts'

/** Long enough for what a timer starts to be done; what has not been done by then is begun again. */
const LEASE_MS = 30_000
const RETRY_MS = 1_000
const RETRY_MAX_MS = 60_000

/** Where timers are kept, and the one alarm behind them. */
interface Alarm {
  getAlarm(): Promise<number | null>
  setAlarm(at_ms: number): Promise<void>
}

/**
 * Several named timers on a Durable Object's one alarm. They outlive an eviction; one whose work fails or is cut off is due again later, and keeps no
 * other waiting.
 */
export class Timers<Name extends string> {
  readonly #store: RoomStore
  readonly #alarm: Alarm
  readonly #due: Map<Name, number>
  readonly #unsaved: ReadonlySet<Name>
  /** Those whose work is being done: what is due then is no more than when it would be begun again. */
  readonly #leases = new Map<Name, number>()
  readonly #failures = new Map<Name, number>()

  /** `unsaved` are those that follow from something else that is kept, and when each is due; null where it is not set. */
  constructor(store: RoomStore, alarm: Alarm, unsaved: ReadonlyMap<Name, number | null>) {
    this.#store = store
    this.#alarm = alarm
    this.#unsaved = new Set(unsaved.keys())
    // Only the names of this class's own user are ever saved.
    this.#due = store.loadTimers() as Map<Name, number>
    for (const [name, due_ms] of unsaved) {
      if (due_ms === null) this.#due.delete(name)
      else this.#due.set(name, due_ms)
    }
  }

  dueAt(name: Name): number | undefined {
    return this.#due.get(name)
  }

  /** At `due_ms`, whatever was set before. */
  set(name: Name, due_ms: number): void {
    if (this.#due.get(name) === due_ms) return
    this.#due.set(name, due_ms)
    if (!this.#unsaved.has(name)) this.#store.saveTimer(name, due_ms)
    void this.#arm()
  }

  /** At `due_ms` or earlier. */
  setBy(name: Name, due_ms: number): void {
    const known = this.#due.get(name)
    if (known === undefined || known === this.#leases.get(name) || known > due_ms) this.set(name, due_ms)
  }

  clear(...names: Name[]): void {
    for (const name of names) if (this.#due.delete(name) && !this.#unsaved.has(name)) this.#store.deleteTimer(name)
  }

  /** All that are due, one after the other; work that goes on for ever sets its own timer again. */
  async run(now_ms: number, work: (name: Name) => void | Promise<void>): Promise<void> {
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

  /** For a room that has been restored without its alarm. */
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
