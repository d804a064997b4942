import type { Actor } from '../core/actor.ts'
import type { Deps } from '../deps.ts'

export type AppEnv = {
  Bindings: Env
  Variables: {
    requestId: string
    deps: Deps
    actor: Actor
    /** The duration of each round trip to Postgres so far, in milliseconds. */
    trips: number[]
    /** Why the body could not be read, where Hono's own 400 does not say it. */
    bodyFailure: Error | undefined
  }
}
