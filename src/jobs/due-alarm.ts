import { DurableObject } from 'cloudflare:workers'
import { ring, wakeBy } from './due.ts'

/**
 * Wakes Postgres when something falls due, so that no cron has to ask Postgres every minute. There is one such object, and it keeps only its alarm. Postgres
 * knows what is due. The hourly cron sets an alarm again that was lost.
 */
export class Alarm extends DurableObject<Env> {
  readonly #runDue: () => Promise<Date | null>

  constructor(ctx: DurableObjectState, env: Env, runDue: () => Promise<Date | null>) {
    super(ctx, env)
    this.#runDue = runDue
  }

  /** Something is due at that time. An alarm that is set earlier stays. */
  wake(atMs: number): Promise<void> {
    return wakeBy(this.ctx.storage, atMs)
  }

  override alarm(): Promise<void> {
    return ring(this.ctx.storage, Date.now, this.#runDue)
  }
}
