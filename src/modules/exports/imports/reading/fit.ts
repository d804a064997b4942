import type { Bytes } from './bytes.ts'
import { Refusal } from './refusal.ts'
import { type ReadTrack, type Sport, TrackList } from './tracks.ts'

/**
 * Reads a FIT activity (developer.garmin.com/fit/protocol). A file is a header, records, and a checksum, and several may follow each other. A record is a definition of a
 * kind of message, or a message of a kind that was defined. Only messages that hold positions, and what was done, are looked into.
 */
export function readFit(bytes: Bytes): ReadTrack[] {
  const list = new TrackList()
  for (let at = 0; at < bytes.length;) at = readFile(bytes, at, list)
  return list.take()
}

const RECORD = 20
const SESSION = 18
const SPORT = 12
/** Numbers of fields. 253 is the time in every message. */
const FIELD = { lat: 0, lng: 1, altitude: 2, time: 253, enhancedAltitude: 78 } as const
const SPORT_FIELD = { [SESSION]: 5, [SPORT]: 0 } as const
/** 1989-12-31T00:00:00Z, in seconds. */
const EPOCH_SEC = 631_065_600
const SEMICIRCLE_DEG = 180 / 2 ** 31
const SPORTS: Readonly<Record<number, Sport>> = { 1: 'run', 11: 'walk', 17: 'walk', 35: 'walk' }
/** `generic` says nothing, and `all` neither. */
const NO_SPORT = [0, 254, 255]

interface Definition {
  readonly message: number
  readonly isLittle: boolean
  readonly fields: readonly { readonly number: number; readonly size: number; readonly at: number }[]
  readonly size: number
}

function readFile(bytes: Bytes, start: number, list: TrackList): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerSize = start + 12 <= bytes.length ? view.getUint8(start) : 0
  if (headerSize < 12 || start + headerSize > bytes.length || view.getUint32(start + 8) !== 0x2e464954) throw new Refusal('unreadable')
  const end = start + headerSize + view.getUint32(start + 4, true)
  if (end + 2 > bytes.length || view.getUint16(end, true) !== crc16(bytes, start, end)) throw new Refusal('unreadable')
  const definitions = new Map<number, Definition>()
  let at = start + headerSize
  let timeSec = Number.NaN
  list.begin(null)
  while (at < end) {
    const header = view.getUint8(at++)
    const isCompressed = (header & 0x80) !== 0
    const local = isCompressed ? (header >> 5) & 3 : header & 15
    if (!isCompressed && header & 0x40) {
      const { definition, next } = readDefinition(view, at, end, (header & 0x20) !== 0)
      definitions.set(local, definition)
      at = next
      continue
    }
    const definition = definitions.get(local)
    if (!definition || at + definition.size > end) throw new Refusal('unreadable')
    const from = at
    at += definition.size
    const read = (number: number) => readField(view, from, definition, number)
    const stamp = read(FIELD.time)
    if (stamp !== null) timeSec = stamp
    // The header holds the lowest five bits of a time that is less than 32 seconds after the one before.
    else if (isCompressed) timeSec += ((header & 31) - (timeSec & 31) + 32) % 32
    if (definition.message === RECORD) {
      const [lat, lng] = [read(FIELD.lat), read(FIELD.lng)]
      if (lat === null || lng === null) continue
      const altitude = read(FIELD.enhancedAltitude) ?? read(FIELD.altitude)
      list.add(
        (lat | 0) * SEMICIRCLE_DEG,
        (lng | 0) * SEMICIRCLE_DEG,
        (timeSec + EPOCH_SEC) * 1_000,
        altitude === null ? Number.NaN : altitude / 5 - 500,
      )
    } else if (definition.message === SESSION || definition.message === SPORT) {
      const sport = read(SPORT_FIELD[definition.message])
      if (sport !== null && !NO_SPORT.includes(sport)) list.name(SPORTS[sport] ?? 'other')
    }
  }
  return end + 2
}

function readDefinition(view: DataView, at: number, end: number, hasDeveloperFields: boolean): { definition: Definition; next: number } {
  if (at + 5 > end) throw new Refusal('unreadable')
  const isLittle = view.getUint8(at + 1) === 0
  const message = view.getUint16(at + 2, isLittle)
  const count = view.getUint8(at + 4)
  let next = at + 5
  if (next + 3 * count > end) throw new Refusal('unreadable')
  const fields: { number: number; size: number; at: number }[] = []
  let size = 0
  for (let i = 0; i < count; i++, next += 3) {
    const length = view.getUint8(next + 1)
    fields.push({ number: view.getUint8(next), size: length, at: size })
    size += length
  }
  if (hasDeveloperFields) {
    const developers = next < end ? view.getUint8(next++) : 0
    if (next + 3 * developers > end) throw new Refusal('unreadable')
    for (let i = 0; i < developers; i++, next += 3) size += view.getUint8(next + 1)
  }
  return { definition: { message, isLittle, fields, size }, next }
}

/** An unsigned number, or null where the message has none. A sign is left to the caller. */
function readField(view: DataView, from: number, { fields, isLittle }: Definition, number: number): number | null {
  const field = fields.find((one) => one.number === number)
  if (!field) return null
  const at = from + field.at
  if (field.size === 4) {
    const value = view.getUint32(at, isLittle)
    // Signed numbers have another value that says nothing than unsigned ones.
    return value === 0xffffffff || value === 0x7fffffff ? null : value
  }
  if (field.size === 2) {
    const value = view.getUint16(at, isLittle)
    return value === 0xffff ? null : value
  }
  const value = field.size === 1 ? view.getUint8(at) : 0xff
  return value === 0xff ? null : value
}

const CRC_TABLE = [
  0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800, 0xb401, 0x5000, 0x9c01, 0x8801, 0x4400,
] as const

export function crc16(bytes: Bytes, from: number, to: number): number {
  let crc = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    crc = (crc >> 4) ^ CRC_TABLE[crc & 15]! ^ CRC_TABLE[byte & 15]!
    crc = (crc >> 4) ^ CRC_TABLE[crc & 15]! ^ CRC_TABLE[byte >> 4]!
  }
  return crc
}
