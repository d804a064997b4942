import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Db } from '../../../src/db/client.ts'
import { directDb } from '../backend-cpu.ts'

/** The way to Postgres, for both designs alike: each trip takes so long before it begins, and is counted. */
export class Line {
  readonly #client: pg.Client
  readonly #delayMs: number
  #trips = 0
  #names: string[] = []

  constructor(client: pg.Client, delayMs: number) {
    this.#client = client
    this.#delayMs = delayMs
  }

  /** The trips since the last call. */
  take(): number {
    const trips = this.#trips
    this.#trips = 0
    return trips
  }

  /** What the first design has asked since the last call, by name. */
  takeNames(): string[] {
    const names = this.#names
    this.#names = []
    return names
  }

  /** A trip to something else than Postgres. */
  async travel(): Promise<void> {
    this.#trips++
    if (this.#delayMs > 0) await sleep(this.#delayMs)
  }

  /** One statement of the first design, which is one trip. Its name stands first, as a comment in the server's log. */
  async ask<T>(name: string, text: string, values: readonly unknown[] = []): Promise<T[]> {
    await this.travel()
    this.#names.push(name)
    return (await this.#client.query(`/* ${name} */ ${text}`, [...values])).rows as T[]
  }

  /** The same, where there must be a row. */
  async one<T>(name: string, text: string, values: readonly unknown[] = []): Promise<T> {
    const [row] = await this.ask<T>(name, text, values)
    if (row === undefined) throw new Error(`${name} found nothing`)
    return row
  }

  /** For the statements of `queries.ts`, as Neon takes them: a statement, or a batch of them, is one trip. */
  db(): Db {
    const direct = directDb(this.#client)
    type Statement = Parameters<Db['execute']>[0]
    const travel = () => this.travel()
    const db = {
      execute(statement: Statement) {
        const unsent = direct.execute(statement)
        return {
          unsent,
          // oxlint-disable-next-line unicorn/no-thenable
          then: (...take: Parameters<Promise<unknown>['then']>) =>
            travel()
              .then(() => unsent)
              .then(...take),
        }
      },
      async batch(statements: readonly { unsent: unknown }[]) {
        await travel()
        return direct.batch(statements.map(({ unsent }) => unsent) as unknown as Parameters<Db['batch']>[0])
      },
    }
    return db as unknown as Db
  }
}
