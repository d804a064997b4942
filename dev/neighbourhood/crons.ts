import type { Deps } from '../../src/deps.ts'
import { enqueueSchedule, schedule } from '../../src/schedule.ts'
import type { Domain } from './town.ts'

const [HOURLY = '', NIGHTLY = ''] = Object.keys(schedule)

/**
 * Crons fire less often here than they do in production, because a quarter of a year has 2,184 hours. A task makes up for the hours before it. The hours are
 * those at which somebody is told something: 9 and 18 o'clock.
 */
export const crons: Domain = (_town, day) => [
  { at: day.at(4.05), run: (deps: Deps) => enqueueSchedule(NIGHTLY, day.at(4.05), deps) },
  ...[9, 18].map((hour) => ({ at: day.at(hour), run: (deps: Deps) => enqueueSchedule(HOURLY, day.at(hour), deps) })),
]
