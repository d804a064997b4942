import { z } from 'zod'
import { defineJob, done, type DueTask } from '../../../jobs/job.ts'
import { announce } from '../../../jobs/outbox.ts'
import { JOB } from '../../../jobs/types.ts'
import { nextAirReading, takeDueAir } from './queries.ts'
import { readAirInTurn } from './service.ts'
import { nextAirAt } from './slots.ts'

/** Reads the air of the country once an hour while somebody wants weather. */
export const readDueAir: DueTask = {
  name: 'weather.read_air',
  async run(deps, scheduledAt) {
    const ids = await takeDueAir(deps.db, scheduledAt, nextAirAt(scheduledAt))
    await announce(deps, ids)
    return done({ sent: ids.length })
  },
  nextDue: nextAirReading,
}

export const readAirJob = defineJob({
  type: JOB.readAir,
  payload: z.object({}),
  async run(deps) {
    console.log(JSON.stringify({ level: 'info', job: JOB.readAir, counts: await readAirInTurn(deps) }))
  },
})
