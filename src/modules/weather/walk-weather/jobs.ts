import { defineJob, done, type DueTask } from '../../../jobs/job.ts'
import { announce } from '../../../jobs/outbox.ts'
import { JOB } from '../../../jobs/types.ts'
import { nextWalkDue, takeDueWalks } from './queries.ts'
import { fillWalksSchema } from './schema.ts'
import { fillWalks } from './service.ts'

/** KMA is asked for each start in turn, so a message stays well within the platform's fifty calls. */
const LIMITS = { walks: 500, starts: 40, a_message: 10 }

/** Looks for the weather of walks that began without it. */
export const fillWalkWeather: DueTask = {
  name: 'weather.fill_walks',
  async run(deps, scheduledAt) {
    const ids = await takeDueWalks(deps.db, LIMITS, scheduledAt)
    await announce(deps, ids)
    return done({ sent: ids.length })
  },
  nextDue: () => nextWalkDue,
}

export const fillWalkWeatherJob = defineJob({ type: JOB.fillWalkWeather, payload: fillWalksSchema, run: fillWalks })
