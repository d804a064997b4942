import type { User } from '../core/actor.ts'
import type { Deps } from '../deps.ts'

export type AppEnv = {
  Bindings: Env
  Variables: {
    requestId: string
    deps: Deps
    actor: User
    /** Round trips to Postgres so far, in milliseconds each. */
    trips: number[]
    /** Why the body could not be read, where that is more than Hono's own 400 tells. */
    bodyFailure: Error | undefined
  }
}
