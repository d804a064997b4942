import type { Sport } from './tracks.ts'
import { sportOf } from './words.ts'

/** A line of Strava's `activities.csv`, as far as it is wanted. */
export interface Activity {
  readonly title: string
  /** Null where nobody knows the word. */
  readonly sport: Sport | null
}

const RECORDING = /\.(gpx|tcx|fit)(\.gz)?$/i
const FIELDS_MAX = 200
const FIELD_MAX = 10_000
/** Where Strava has these columns in every language. */
const TITLE = 2
const TYPE = 3

/** Activities by the name of their file. Headers are in the language of whoever exported, so the file's column is known by what is in it. */
export function readActivities(csv: string): ReadonlyMap<string, Activity> {
  const activities = new Map<string, Activity>()
  for (const fields of rowsOf(csv)) {
    // People call activities like files as well, and what they write stands before the file.
    const file = fields.findLast((field) => RECORDING.test(field.trim()))
    if (file === undefined) continue
    activities.set(file.trim().replace(/^\.?\//, ''), { title: fields[TITLE] ?? '', sport: sportOf(fields[TYPE] ?? '') })
  }
  return activities
}

/** Rows of a CSV (RFC 4180). A field in quotes may hold commas, lines and doubled quotes. */
function* rowsOf(csv: string): Generator<string[]> {
  let row: string[] = []
  let field = ''
  let isQuoted = false
  const endField = () => {
    if (row.length < FIELDS_MAX) row.push(field)
    field = ''
  }
  for (let i = csv.startsWith('\uFEFF') ? 1 : 0; i < csv.length; i++) {
    const char = csv[i]!
    if (isQuoted) {
      if (char !== '"') {
        if (field.length < FIELD_MAX) field += char
      } else if (csv[i + 1] === '"') {
        field += '"'
        i++
      } else isQuoted = false
    } else if (char === '"' && field === '') isQuoted = true
    else if (char === ',') endField()
    else if (char === '\n' || char === '\r') {
      endField()
      if (row.length > 1) yield row
      row = []
    } else if (field.length < FIELD_MAX) field += char
  }
  endField()
  if (row.length > 1) yield row
}
