import { done, type DueTask } from '../../../jobs/job.ts'
import { isOpen } from '../turns/hours.ts'
import { nextReading } from './queries.ts'
import { readUvPage } from './service.ts'

/** Four times a day, while somebody wants the weather anywhere. */
export const readUv: DueTask = {
  name: 'weather.read_uv',
  run: async (deps, scheduledAt) => (isOpen(scheduledAt) ? readUvPage(deps, scheduledAt) : done({})),
  nextDue: nextReading,
}
