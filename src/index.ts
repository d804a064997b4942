import { createApp } from './app.ts'
import { createDeps } from './deps.ts'
import { Alarm } from './jobs/due-alarm.ts'
import { consume } from './queues.ts'
import { enqueueSchedule, runDue } from './schedule.ts'
import { LiveRoom } from './modules/rooms/room.ts'

const app = createApp()

export default {
  fetch: app.fetch,
  queue: (batch, env, ctx) => consume(batch, createDeps(env, ctx)),
  scheduled: (controller, env, ctx) => enqueueSchedule(controller.cron, new Date(controller.scheduledTime), createDeps(env, ctx)),
} satisfies ExportedHandler<Env>

// wrangler.toml knows the Durable Objects by these names.

export class WalkRoom extends LiveRoom {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, createDeps(env, ctx))
  }
}

export class DueAlarm extends Alarm {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, () => runDue(createDeps(env, ctx)))
  }
}
