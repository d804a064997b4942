import { createApp } from './app.ts'
import { createDeps } from './deps.ts'
import { consume } from './jobs/consume.ts'
import { runSchedule } from './jobs/schedule.ts'

const app = createApp()

export default {
  fetch: app.fetch,
  queue: (batch, env, ctx) => consume(batch, createDeps(env, ctx)),
  scheduled: (controller, env, ctx) => runSchedule(controller.cron, new Date(controller.scheduledTime), createDeps(env, ctx)),
} satisfies ExportedHandler<Env>
