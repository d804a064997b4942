import { SaxesParser } from 'saxes'
import { Refusal } from './refusal.ts'
import { parseNumber, parseTime } from './times.ts'
import { type ReadTrack, TrackList } from './tracks.ts'
import { sportOf } from './words.ts'

const DEPTH_MAX = 64
const TEXT_MAX = 1_000
/** So many characters without an element are no recording. A document type or an attribute of any length would otherwise be held in memory. */
const SILENCE_MAX = 1_048_576
/** The parser is fed in pieces, so that one event holds no more than it must. */
const FEED_CHARS = 65_536

type Attributes = Readonly<Record<string, unknown>>

/** What becomes of the elements of one format. Names come without their prefix, because files use prefixes as they like. */
interface Format {
  open(path: readonly string[], attributes: Attributes): void
  /** `text` is what stood in the element itself. */
  close(path: readonly string[], text: string): void
}

/** Reads GPX or TCX from its text. Entities of a file's own are refused with its document type, so nothing expands. */
export async function readXml(chunks: AsyncIterable<string>): Promise<ReadTrack[]> {
  const list = new TrackList()
  const parser = new SaxesParser({ position: false })
  const path: string[] = []
  let format: Format | undefined
  let text = ''
  let silence = 0
  parser.on('doctype', () => {
    throw new Refusal('unreadable')
  })
  parser.on('error', (cause) => {
    throw new Refusal('unreadable', { cause })
  })
  parser.on('opentag', ({ name, attributes }) => {
    silence = 0
    text = ''
    const local = name.slice(name.indexOf(':') + 1)
    if (path.length === 0) format = formatOf(local, list)
    if (path.push(local) > DEPTH_MAX) throw new Refusal('unreadable')
    format?.open(path, attributes as Attributes)
  })
  const addText = (more: string) => {
    if (text.length < TEXT_MAX) text += more.slice(0, TEXT_MAX)
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    silence = 0
    format?.close(path, text)
    text = ''
    path.pop()
  })
  for await (const chunk of withoutIndent(chunks)) {
    for (let at = 0; at < chunk.length; at += FEED_CHARS) {
      const piece = chunk.slice(at, at + FEED_CHARS)
      silence += piece.length
      parser.write(piece)
      if (silence > SILENCE_MAX) throw new Refusal('unreadable')
    }
  }
  parser.close()
  return list.take()
}

/** Strava puts spaces before the declaration of TCX, which is no XML, and it is the same file without them. */
async function* withoutIndent(chunks: AsyncIterable<string>): AsyncIterable<string> {
  let isBegun = false
  for await (const chunk of chunks) {
    const text: string = isBegun ? chunk : chunk.replace(/^\s+/, '')
    isBegun ||= text !== ''
    yield text
  }
}

function formatOf(root: string, list: TrackList): Format {
  if (root === 'gpx') return gpx(list)
  if (root === 'TrainingCenterDatabase') return tcx(list)
  throw new Refusal('unsupported_format')
}

const isAt = (path: readonly string[], ...names: readonly string[]) =>
  path.length === names.length && names.every((name, i) => path[i] === name)

/** https://www.topografix.com/GPX/1/1/ Routes are plans, and waypoints are places, so only tracks are read. */
function gpx(list: TrackList): Format {
  let [lat, lng, time, altitude] = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
  const point = ['gpx', 'trk', 'trkseg', 'trkpt'] as const
  return {
    open(path, attributes) {
      if (isAt(path, 'gpx', 'trk')) list.begin(null)
      if (!isAt(path, ...point)) return
      lat = parseNumber(String(attributes['lat'] ?? ''))
      lng = parseNumber(String(attributes['lon'] ?? ''))
      ;[time, altitude] = [Number.NaN, Number.NaN]
    },
    close(path, text) {
      if (isAt(path, ...point, 'time')) time = parseTime(text)
      else if (isAt(path, ...point, 'ele')) altitude = parseNumber(text)
      else if (isAt(path, ...point)) list.add(lat, lng, time, altitude)
      else if (isAt(path, 'gpx', 'trk', 'type')) list.name(sportOf(text))
    },
  }
}

/** Garmin's TrainingCenterDatabase v2. Courses are plans, so only activities are read. `Other` is what Garmin calls a walk, and much else. */
function tcx(list: TrackList): Format {
  let [lat, lng, time, altitude] = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
  const activity = ['TrainingCenterDatabase', 'Activities', 'Activity'] as const
  const point = [...activity, 'Lap', 'Track', 'Trackpoint'] as const
  return {
    open(path, attributes) {
      if (isAt(path, ...activity)) list.begin(sportOf(String(attributes['Sport'] ?? '')))
      if (isAt(path, ...point)) [lat, lng, time, altitude] = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
    },
    close(path, text) {
      if (isAt(path, ...point, 'Time')) time = parseTime(text)
      else if (isAt(path, ...point, 'AltitudeMeters')) altitude = parseNumber(text)
      else if (isAt(path, ...point, 'Position', 'LatitudeDegrees')) lat = parseNumber(text)
      else if (isAt(path, ...point, 'Position', 'LongitudeDegrees')) lng = parseNumber(text)
      // A point without a position has a pulse alone.
      else if (isAt(path, ...point) && !(Number.isNaN(lat) && Number.isNaN(lng))) list.add(lat, lng, time, altitude)
    },
  }
}
