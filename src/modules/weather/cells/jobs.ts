import { DAY_MS } from '../../../core/time.ts'
import { defineJob, done, type DueTask, type Task } from '../../../jobs/job.ts'
import { announce } from '../../../jobs/outbox.ts'
import { deleteInSlices } from '../../../jobs/slices.ts'
import { JOB } from '../../../jobs/types.ts'
import { deleteCellsBefore, deleteHoursBefore, nextReading, takeDueCells } from './queries.ts'
import { readCellsSchema } from './schema.ts'
import { readCells } from './service.ts'
import { isRead, nextReadAt } from './slots.ts'

/** A free invocation ends at fifty calls: fifteen cells take 45 to KMA, two to Postgres, one to Redis, and the consumer's own two. */
const LIMITS = { cells: 200, a_message: 15 }
/** What falls due within this time is taken at once, so that one ring of the alarm is enough. */
const TOGETHER_MS = 120_000
const KEPT_MS = 35 * DAY_MS

/** Reads the cells that somebody wants, so that whoever asks finds them fresh, and walks find the weather of their hour. */
export const readDueCells: DueTask = {
  name: 'weather.read_cells',
  async run(deps, scheduledAt) {
    const ids = await takeDueCells(deps.db, LIMITS, {
      now: scheduledAt,
      dueBy: new Date(scheduledAt.getTime() + TOGETHER_MS),
      nextAt: nextReadAt(new Date(scheduledAt.getTime() + TOGETHER_MS)),
      isRead: isRead(scheduledAt),
    })
    await announce(deps, ids)
    return done({ sent: ids.length })
  },
  nextDue: nextReading,
}

export const readCellsJob = defineJob({
  type: JOB.readWeather,
  payload: readCellsSchema,
  async run(deps, { cells }) {
    console.log(JSON.stringify({ level: 'info', job: JOB.readWeather, counts: await readCells(deps, cells) }))
  },
})

/** No walk asks for observations so old. */
export const purgeHours: Task = {
  name: 'weather.purge_hours',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteHoursBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), limit)),
}

export const purgeCells: Task = {
  name: 'weather.purge_cells',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteCellsBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), limit)),
}
