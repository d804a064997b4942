import { escapeXml } from '../../../core/xml.ts'
import type { Track } from '../../../measuring/measure-track.ts'

/** Writes a track as GPX 1.1 (https://www.topografix.com/GPX/1/1/): every finite fix with its time, and with its altitude when it has one. */
export function toGpx(track: Pick<Track, 'lat' | 'lng' | 'time_ms' | 'altitude_m'>, walk: { name: string; started_at: string }): string {
  const points: string[] = []
  for (let i = 0; i < track.time_ms.length; i++) {
    const lat = track.lat[i] ?? Number.NaN
    const lng = track.lng[i] ?? Number.NaN
    const timeMs = track.time_ms[i] ?? Number.NaN
    const altitude = track.altitude_m?.[i] ?? Number.NaN
    if (!(Math.abs(lat) <= 90 && Math.abs(lng) <= 180 && Math.abs(timeMs) <= 8.64e15)) continue
    const elevation = Number.isFinite(altitude) ? `<ele>${altitude.toFixed(1)}</ele>` : ''
    points.push(`<trkpt lat="${lat.toFixed(7)}" lon="${lng.toFixed(7)}">${elevation}<time>${new Date(timeMs).toISOString()}</time></trkpt>`)
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="withbowwow" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><name>${escapeXml(walk.name)}</name><time>${new Date(walk.started_at).toISOString()}</time></metadata>
<trk><name>${escapeXml(walk.name)}</name><trkseg>
${points.join('\n')}
</trkseg></trk>
</gpx>
`
}
