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
    /** What the answer says went wrong, for the log. */
    problem: { readonly code: string; readonly fields: readonly string[] } | undefined
    /** Why the body could not be read, where Hono's own 400 does not say it. */
    bodyFailure: Error | undefined
  }
}
