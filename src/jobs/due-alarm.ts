import { DurableObject } from 'cloudflare:workers'
import { ring, wakeBy } from './due.ts'

/**
 * Wakes Postgres when something falls due, so that nobody has to ask it every minute. There is one, and the alarm is all it keeps: the next due instant.
 * Postgres knows what is due; an alarm that is lost is set again by the next hour's cron.
 */
export class Alarm extends DurableObject<Env> {
  readonly #runDue: () => Promise<Date | null>

  constructor(ctx: DurableObjectState, env: Env, runDue: () => Promise<Date | null>) {
    super(ctx, env)
    this.#runDue = runDue
  }

  /** Something is due at that time, in milliseconds; an earlier alarm stays. */
  wake(atMs: number): Promise<void> {
    return wakeBy(this.ctx.storage, atMs)
  }

  override alarm(): Promise<void> {
    return ring(this.ctx.storage, Date.now, this.#runDue)
  }
}
