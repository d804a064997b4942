import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { histories } from '../../support/histories.ts'
import { signUp } from '../../support/login.ts'
import { hideNear } from '../../support/rooms.ts'
import { FAR_M } from './room-model.ts'
import { type History, history, Run } from './room-run.ts'

const RUNS = histories(200)
/** The clock stands so far ahead that the real clock never catches up. Otherwise alarms would ring too early. */
const AHEAD_MS = 15 * 60_000
/** Access tokens are valid for an hour. */
const CLOCK_MAX_MS = 5 * 60_000

/** Histories that a room or the model once told wrongly. */
const TOLD_WRONGLY: readonly History[] = [
  // The frame that shows a switch is still to come when the room is evicted.
  [
    { placeM: 900, isMeetup: false },
    [{ do: 'enter', who: 1, after_ms: 700 }],
    [
      { do: 'enter', who: 2, after_ms: 150 },
      { do: 'enter', who: 0, after_ms: 150 },
      { do: 'say', who: 0, northM: 0, after_ms: 150 },
      { do: 'say', who: 1, northM: 0, after_ms: 150 },
      { do: 'switch', who: 0, after_ms: 850 },
      { do: 'evict', after_ms: 150 },
      { do: 'wait', ms: 1_000, after_ms: 0 },
    ],
  ],
  // A block ends the answer of each guest who still had one.
  [
    { placeM: null, isMeetup: false },
    [
      { do: 'enter', who: 0, after_ms: 700 },
      { do: 'enter', who: 1, after_ms: 700 },
    ],
    [
      { do: 'block', who: 3, whom: 0, after_ms: 150 },
      { do: 'block', who: 2, whom: 0, after_ms: 150 },
      { do: 'drop', who: 1, after_ms: 150 },
      { do: 'withdraw', who: 1, after_ms: 150 },
    ],
  ],
]

afterEach(() => void vi.useRealTimers())

it(`any of ${RUNS} histories leaves everybody knowing what they should, and nobody more`, { timeout: 600_000 }, async () => {
  const people = await Promise.all([signUp(), signUp(), signUp(), signUp()])
  await hideNear(FAR_M, ...people)
  vi.useFakeTimers({ toFake: ['Date'] })
  await fc.assert(
    fc.asyncProperty(history, async ([plan, entries, commands]) => {
      const aheadMs = vi.getRealSystemTime() + AHEAD_MS
      const now = Date.now() < aheadMs || Date.now() > aheadMs + CLOCK_MAX_MS ? aheadMs : Date.now() + 1_000
      vi.setSystemTime(now)
      const run = await Run.begin(people, now, plan)
      for (const step of [...entries, ...commands]) {
        await run.run(step)
        expect(run.leaks()).toEqual([])
      }
      await run.pass(1_100)
      await expect.poll(() => run.views(), { timeout: 10_000, interval: 5 }).toEqual(run.expectedViews())
      expect(run.leaks()).toEqual([])
      expect(await run.record()).toEqual(run.expectedRecord())
      for (const client of run.clients.values()) client.close()
    }),
    { numRuns: RUNS, examples: TOLD_WRONGLY.map((one): [History] => [one]) },
  )
})
