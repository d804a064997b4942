import { FUTURE_MS, PAST_MS, type Clock } from './clean.ts'
import type { Track } from './track.ts'

/** What a program got wrong that wrote the track down; no recording can be like that, so it is worth asking for it again. */
export type Impossibility =
  | 'times_in_seconds'
  | 'times_elsewhere'
  | 'axes_swapped'
  | 'precision_too_low'
  | 'precision_too_high'
  | 'out_of_world'

/** Unix times in seconds lie here until the year 5138, and those in milliseconds did until 1973. */
const SECONDS = { least: 1e8, most: 1e11 }
/** South Korea, generously. An encoded line read with a digit too many lands a tenth as far from null island, in the woods of Cameroon. */
const KOREA = { lat: [33, 39], lng: [124, 132] } as const

/** Says why more than half of the points cannot be meant as they are sent; null where they can. A few odd points are the receiver's, and dropped. */
export function impossibilityOf({ lat, lng, time_ms: time }: Track, { now_ms }: Clock): Impossibility | null {
  const most = (is: (i: number) => boolean) => {
    let count = 0
    for (let i = 0; i < time.length; i++) if (is(i)) count++
    return 2 * count > time.length
  }
  const isWithin = (value: number, limit: number) => Math.abs(value) <= limit
  const isInKorea = (north: number, east: number) =>
    north > KOREA.lat[0] && north < KOREA.lat[1] && east > KOREA.lng[0] && east < KOREA.lng[1]
  if (most((i) => time[i]! > SECONDS.least && time[i]! < SECONDS.most)) return 'times_in_seconds'
  if (most((i) => time[i]! > now_ms + FUTURE_MS || time[i]! < now_ms - PAST_MS)) return 'times_elsewhere'
  if (most((i) => isInKorea(lng[i]!, lat[i]!))) return 'axes_swapped'
  if (most((i) => isInKorea(10 * lat[i]!, 10 * lng[i]!))) return 'precision_too_high'
  if (most((i) => isInKorea(lat[i]! / 10, lng[i]! / 10))) return 'precision_too_low'
  if (most((i) => !isWithin(lat[i]!, 90) && isWithin(lng[i]!, 90))) return 'axes_swapped'
  return most((i) => !isWithin(lat[i]!, 90) || !isWithin(lng[i]!, 180)) ? 'out_of_world' : null
}
