import type { Track } from '../src/measuring/measure-track.ts'
import { pointAt } from './track-changes.ts'

/** The body the app sends for a recorded track. */
export function completionBody(track: Track, more: object = {}) {
  const points = Array.from(track.time_ms, (_, i) => pointAt(track, i))
  return {
    ended_at: new Date(Math.max(...track.time_ms, 0)).toISOString(),
    route_geojson: { type: 'LineString' as const, coordinates: points.map(({ lng, lat }) => [lng, lat]) },
    coord_times: points.map(({ time_ms }) => Math.round(time_ms)),
    ...(track.accuracy_m && { accuracies: points.map(({ accuracy_m }) => accuracy_m) }),
    ...(track.is_mock && { mock_flags: points.map(({ is_mock }) => is_mock === 1) }),
    ...more,
  }
}
