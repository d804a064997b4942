import { done, type DueTask } from '../../../jobs/job.ts'
import { isOpen } from '../turns/hours.ts'
import { nextReading } from './queries.ts'
import { readWarnings } from './service.ts'

/** Every ten minutes of the day, while somebody wants the weather anywhere. */
export const readWarningsOfKma: DueTask = {
  name: 'weather.read_warnings',
  run: async (deps, scheduledAt) => done(isOpen(scheduledAt) ? await readWarnings(deps, scheduledAt) : {}),
  nextDue: nextReading,
}
