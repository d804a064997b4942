import { createApp } from './app.ts'
import { createDeps } from './deps.ts'
import { consume } from './queues.ts'
import { runSchedule } from './schedule.ts'
import { LiveRoom } from './modules/rooms/room.ts'

const app = createApp()

export default {
  fetch: app.fetch,
  queue: (batch, env, ctx) => consume(batch, createDeps(env, ctx)),
  scheduled: (controller, env, ctx) => runSchedule(controller.cron, new Date(controller.scheduledTime), createDeps(env, ctx)),
} satisfies ExportedHandler<Env>

/** The Durable Object by which `wrangler.toml` knows live rooms. */
export class WalkRoom extends LiveRoom {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, createDeps(env, ctx))
  }
}
