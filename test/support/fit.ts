import type { Track } from '../../src/measuring/track.ts'

/**
 * A small encoder of FIT activities, written from the description of the protocol (developer.garmin.com/fit/protocol) and apart from the reader, so that a mistake in one
 * is none in the other.
 */
interface FitOptions {
  readonly sport?: number
  readonly isBigEndian?: boolean
  /** Times in the headers of records where they fit. */
  readonly isCompressed?: boolean
  readonly hasDeveloperFields?: boolean
}

const EPOCH_MS = Date.UTC(1989, 11, 31)
const UINT32 = 0x86
const SINT32 = 0x85
const UINT16 = 0x84
const ENUM = 0x00

export function fit(track: Track, { sport = 11, isBigEndian = false, isCompressed = false, hasDeveloperFields = false }: FitOptions = {}) {
  const bytes: number[] = []
  const number = (value: number, size: number) => {
    const unsigned = value < 0 ? value + 2 ** 32 : value
    const digits = Array.from({ length: size }, (_, i) => Math.floor(unsigned / 256 ** i) % 256)
    bytes.push(...(isBigEndian ? digits.toReversed() : digits))
  }
  const define = (local: number, message: number, fields: readonly (readonly [number, number, number])[], developer = 0) => {
    bytes.push(0x40 | local | (developer ? 0x20 : 0), 0, isBigEndian ? 1 : 0)
    number(message, 2)
    bytes.push(fields.length, ...fields.flat())
    if (developer) bytes.push(1, 0, developer, 0)
  }
  define(0, 0, [[0, 1, ENUM]])
  bytes.push(0, 4) // an activity
  const position = [
    [0, 4, SINT32],
    [1, 4, SINT32],
    [2, 2, UINT16],
  ] as const
  const developer = hasDeveloperFields ? 3 : 0
  define(1, 20, [[253, 4, UINT32], ...position], developer)
  define(2, 20, position, developer)
  let last: number | null = null
  for (let i = 0; i < track.time_ms.length; i++) {
    const second = Math.round((track.time_ms[i]! - EPOCH_MS) / 1_000)
    const isShort = isCompressed && last !== null && second >= last && second - last < 32
    if (isShort) bytes.push(0x80 | (2 << 5) | (second % 32))
    else {
      bytes.push(1)
      number(second, 4)
    }
    last = second
    number(Math.round((track.lat[i]! * 2 ** 31) / 180), 4)
    number(Math.round((track.lng[i]! * 2 ** 31) / 180), 4)
    number(Math.round((35 + 500) * 5), 2)
    if (developer) bytes.push(7, 7, 7)
  }
  define(3, 18, [
    [253, 4, UINT32],
    [5, 1, ENUM],
  ])
  bytes.push(3)
  number(last ?? 0, 4)
  bytes.push(sport)
  return withFrame(bytes)
}

function withFrame(records: readonly number[]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(14 + records.length + 2)
  const view = new DataView(file.buffer)
  file.set([14, 0x20])
  view.setUint16(2, 2_132, true)
  view.setUint32(4, records.length, true)
  file.set([0x2e, 0x46, 0x49, 0x54], 8)
  view.setUint16(12, crc(file.subarray(0, 12)), true)
  file.set(records, 14)
  view.setUint16(14 + records.length, crc(file.subarray(0, 14 + records.length)), true)
  return file
}

/** CRC-16/ARC, bit by bit. */
function crc(bytes: Uint8Array): number {
  let value = 0
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ 0xa001 : value >> 1
  }
  return value
}
