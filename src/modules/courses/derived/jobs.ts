import { z } from 'zod'
import { type Task, TRIPS_MAX } from '../../../jobs/job.ts'
import { heatCursor, renewHeat } from '../heat/night.service.ts'
import { coursesCursor, renewCourses } from './service.ts'

const cursorSchema = z.union([heatCursor, coursesCursor.extend({ phase: z.literal('courses') })])

/** The heat map, and then the courses that are made of it. */
export const renewMap: Task = {
  name: 'courses.renew',
  async run(deps, scheduledAt, cursor) {
    const from = cursor === null || cursor === undefined ? ({ phase: 'changes' } as const) : cursorSchema.parse(cursor)
    if (from.phase === 'courses') {
      const { counts, next } = await renewCourses(deps, scheduledAt, TRIPS_MAX, from)
      return { counts, next: next && { phase: 'courses', ...next } }
    }
    const { counts, next } = await renewHeat(deps, scheduledAt, TRIPS_MAX, from)
    return { counts, next: next ?? { phase: 'courses', kind: 'place', after: null } }
  },
}
