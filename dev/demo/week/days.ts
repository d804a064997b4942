import type { Client } from '../../../client/src/index.ts'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate } from '../../../src/core/time.ts'
import type { Track } from '../../../src/measuring/measure-track.ts'
import { completionBody } from '../../completion-body.ts'
import { shiftTrack } from '../../track-changes.ts'
import { makeWalk } from '../../tracks.ts'
import { beginDay, check, type Completion, DemoFailed, km, say } from '../stage.ts'
import { walkedJustNow } from '../walking.ts'

const NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

export interface Day {
  readonly name: string
  /** Half past eight in the morning in Seoul. */
  readonly morning: number
}

/** The seven days that end with the one in which a walk began. A day is that of streaks, from four in the morning, so that a week is one streak whenever it is played. */
export function weekUntil({ time_ms }: Track): Day[] {
  const last = fromSeoulDate(seoulDate(new Date(Math.min(...time_ms) - 4 * HOUR_MS))).getTime()
  return Array.from({ length: 7 }, (_, i) => {
    const midnight = last - (6 - i) * DAY_MS
    // Midnight in Seoul is three in the afternoon of the day before in UTC.
    const name = NAMES[new Date(midnight + 9 * HOUR_MS).getUTCDay()]!
    return { name, morning: midnight + 8.5 * HOUR_MS }
  })
}

export const begin = ({ name }: Day) => beginDay(name)

/** A walk of that morning. The phone had no network and brings it now, as a whole, so the server measures it and counts it on its own day. */
export async function bringWalkOf(client: Client, petId: string, { morning }: Day, more: object = {}): Promise<Completion> {
  const made = walkedJustNow(makeWalk(Math.floor(Math.random() * 2 ** 31), { length_m: 1_100, is_hard: false }).track)
  const track = shiftTrack(made, { time_ms: morning - Math.min(...made.time_ms) })
  const walk = { id: client.newId(), pet_id: petId, started_at: new Date(morning).toISOString(), ...completionBody(track, more) }
  const { results } = await client.post('/walks/sync', { body: { walks: [walk] } })
  const [result] = results
  if (!result?.completion) throw new DemoFailed(`the walk of that day was not taken: ${result?.problem?.detail}`)
  const { completion } = result
  check(completion.valid && completion.ranked, `an honest walk to count (${completion.reasons.map(({ detail }) => detail).join(' ')})`)
  say(`    walked ${km(completion.walk.distance_m ?? 0)}, best streak ${completion.streak.best}`)
  return completion
}
