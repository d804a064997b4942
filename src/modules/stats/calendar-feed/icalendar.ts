/** A walk as a calendar shows it. Times are of UTC, as RFC 5545 writes them: 20261118T030000Z. */
export interface CalendarWalk {
  readonly id: string
  readonly starts: string
  /** After `starts`. */
  readonly ends: string
  /** When it was completed, so when the event was written. */
  readonly stamped: string
  readonly distance_m: number
  readonly duration_sec: number
  /** The names of the pets, or null without any. */
  readonly pets: string | null
}

const LINE_MAX_BYTES = 75

/** Walks as an iCalendar file (RFC 5545): one event each, and no word of where. The same walks are the same file, so that it can be compared by its hash. */
export function writeCalendar(walks: readonly CalendarWalk[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//withbowwow//walks//KO',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'X-WR-CALNAME:멍이랑 산책',
    'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
    'X-PUBLISHED-TTL:PT6H',
    ...walks.flatMap(eventOf),
    'END:VCALENDAR',
  ]
  return `${lines.join('\r\n')}\r\n`
}

function eventOf({ id, starts, ends, stamped, distance_m, duration_sec, pets }: CalendarWalk): string[] {
  const km = `${(distance_m / 1_000).toFixed(2)}km`
  return [
    'BEGIN:VEVENT',
    `UID:walk-${id}@withbowwow.com`,
    `DTSTAMP:${stamped}`,
    `DTSTART:${starts}`,
    `DTEND:${ends}`,
    pets === null ? `SUMMARY:산책 ${km}` : fold(`SUMMARY:${escape(pets)} 산책 ${km}`),
    String.raw`DESCRIPTION:거리 ${km}\n시간 ${Math.round(duration_sec / 60)}분`,
    // A walk that is over makes nobody busy.
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

/** A text of RFC 5545 §3.3.11. */
const escape = (text: string): string => text.replaceAll(/[\\;,]/g, String.raw`\$&`).replaceAll(/\r\n|\r|\n/g, String.raw`\n`)

/** Only a line with a text can be too long: a line of more than 75 octets goes on in lines that begin with a space, which counts among theirs. A character is never cut. */
function fold(line: string): string {
  // Three octets are the most that a UTF-16 unit takes, so most lines need no counting.
  if (line.length * 3 <= LINE_MAX_BYTES) return line
  let folded = ''
  let bytes = 0
  for (const character of line) {
    const size = bytesOf(character.codePointAt(0) ?? 0)
    if (bytes + size > LINE_MAX_BYTES) {
      folded += '\r\n '
      bytes = 1
    }
    folded += character
    bytes += size
  }
  return folded
}

const bytesOf = (codePoint: number): number => (codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4)
