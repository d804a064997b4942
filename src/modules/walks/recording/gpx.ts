import { escapeXml } from '../../../core/xml.ts'
import type { Piece } from '../../../measuring/measure-track.ts'

/** Makes the GPX 1.1 of a recording: a segment for each piece, because readers draw and count a straight line across a hole. https://www.topografix.com/GPX/1/1/ */
export function toGpx(pieces: readonly Piece[], walk: { name: string; started_at: string }): string {
  const segments = pieces.map((piece) => `<trkseg>\n${pointsOf(piece).join('\n')}\n</trkseg>`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="withbowwow" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><name>${escapeXml(walk.name)}</name><time>${new Date(walk.started_at).toISOString()}</time></metadata>
<trk><name>${escapeXml(walk.name)}</name>${segments.join('\n')}</trk>
</gpx>
`
}

function pointsOf({ lat, lng, time_ms, altitude_m }: Piece): string[] {
  return Array.from(time_ms, (at, i) => {
    const altitude = altitude_m[i] ?? Number.NaN
    const elevation = Number.isFinite(altitude) ? `<ele>${altitude.toFixed(1)}</ele>` : ''
    return `<trkpt lat="${(lat[i] ?? 0).toFixed(7)}" lon="${(lng[i] ?? 0).toFixed(7)}">${elevation}<time>${new Date(at).toISOString()}</time></trkpt>`
  })
}
