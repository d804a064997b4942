import { gzipSync, zipSync } from 'fflate'
import type { Track } from '../../src/measuring/track.ts'

/** Files as other apps write them. */

const encoder = new TextEncoder()
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(encoder.encode(text))
export const gzip = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(gzipSync(bytes))

export function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(zipSync({ ...files }))
}

export interface GpxOptions {
  readonly type?: string
  /** How a time is written. */
  readonly time?: (atMs: number) => string
  readonly prefix?: string
}

const iso = (atMs: number) => new Date(Math.round(atMs)).toISOString()

export function gpxTrack(track: Track, { type, time = iso, prefix = '' }: GpxOptions = {}): string {
  const points = Array.from(
    track.time_ms,
    (at, i) =>
      `<${prefix}trkpt lat="${track.lat[i]!.toFixed(7)}" lon="${track.lng[i]!.toFixed(7)}"><${prefix}ele>${(20 + (i % 7)).toFixed(1)}</${prefix}ele><${prefix}time>${time(at)}</${prefix}time><${prefix}extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>98</gpxtpx:hr><time>2001-01-01T00:00:00Z</time></gpxtpx:TrackPointExtension></${prefix}extensions></${prefix}trkpt>`,
  )
  const half = Math.ceil(points.length / 2)
  const segments = [points.slice(0, half), points.slice(half)].map((part) => `<${prefix}trkseg>\n${part.join('\n')}\n</${prefix}trkseg>`)
  return `<${prefix}trk><${prefix}name>산책 &amp; 간식</${prefix}name>${type ? `<${prefix}type>${type}</${prefix}type>` : ''}${segments.join('')}</${prefix}trk>`
}

export const gpxOf = (tracks: readonly string[], { prefix = '', encoding = 'UTF-8' } = {}): string =>
  `<?xml version="1.0" encoding="${encoding}"?>
<${prefix}gpx version="1.1" creator="모두의 산책" xmlns${prefix ? `:${prefix.slice(0, -1)}` : ''}="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
<${prefix}wpt lat="1" lon="2"><${prefix}time>2001-01-01T00:00:00Z</${prefix}time></${prefix}wpt>
${tracks.join('\n')}
</${prefix}gpx>`

export const gpx = (track: Track, options: GpxOptions = {}): Uint8Array<ArrayBuffer> =>
  bytesOf(gpxOf([gpxTrack(track, options)], { prefix: options.prefix ?? '' }))

export function tcx(track: Track, sport = 'Other'): Uint8Array<ArrayBuffer> {
  const points = Array.from(
    track.time_ms,
    (at, i) =>
      `<Trackpoint><Time>${iso(at)}</Time><Position><LatitudeDegrees>${track.lat[i]}</LatitudeDegrees><LongitudeDegrees>${track.lng[i]}</LongitudeDegrees></Position><AltitudeMeters>31.5</AltitudeMeters></Trackpoint>`,
  )
  // A pulse without a position stands between.
  points.splice(1, 0, `<Trackpoint><Time>${iso(track.time_ms[0]!)}</Time><HeartRateBpm><Value>90</Value></HeartRateBpm></Trackpoint>`)
  return bytesOf(`<?xml version="1.0"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>
<Activity Sport="${sport}"><Id>${iso(track.time_ms[0]!)}</Id><Lap StartTime="${iso(track.time_ms[0]!)}"><Track>${points.join('')}</Track></Lap></Activity>
</Activities></TrainingCenterDatabase>`)
}

/** UTF-16 with a byte order mark. */
export function utf16(text: string, isLittle = true): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 + 2 * text.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 0xfeff, isLittle)
  for (let i = 0; i < text.length; i++) view.setUint16(2 + 2 * i, text.charCodeAt(i), isLittle)
  return bytes
}
