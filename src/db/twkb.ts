import { type SQL, sql } from 'drizzle-orm'
import { toBase64 } from '../core/base64.ts'
import { VarintWriter } from '../core/varint.ts'

/** A line in columns. `piece_starts` are the indices at which its pieces begin. */
export interface MeasuredLine {
  readonly lng: Float64Array
  readonly lat: Float64Array
  readonly time_ms: Float64Array
  readonly piece_starts: readonly number[]
}

const MULTI_LINE = 5
const DEGREE_DECIMALS = 6
const SECOND_DECIMALS = 1

/**
 * A `MultiLineStringM` whose M is epoch seconds, sent as Tiny WKB. It takes about five bytes a point, and text takes forty.
 * https://github.com/TWKB/Specification/blob/master/twkb.md
 */
export function multiLine(line: MeasuredLine): SQL {
  return sql`ST_SetSRID(ST_GeomFromTWKB(decode(${toBase64(encodeTwkb(line))}, 'base64')), 4326)`
}

function encodeTwkb({ lng, lat, time_ms, piece_starts }: MeasuredLine): Uint8Array {
  const pieces = Array.from(piece_starts, (start, index) => ({ start, end: piece_starts[index + 1] ?? lng.length })).filter(
    ({ start, end }) => end - start > 1,
  )
  const writer = new VarintWriter()
  writer.byte(MULTI_LINE | ((DEGREE_DECIMALS * 2) << 4))
  writer.byte(0b1000 | (pieces.length === 0 ? 0b10000 : 0)) // extended dimensions follow; empty
  writer.byte(0b10 | (SECOND_DECIMALS << 5)) // M only
  if (pieces.length === 0) return writer.take()
  writer.unsigned(pieces.length)
  let [x, y, m] = [0, 0, 0]
  for (const { start, end } of pieces) {
    writer.unsigned(end - start)
    for (let i = start; i < end; i++) {
      const nextX = Math.round(lng[i]! * 10 ** DEGREE_DECIMALS)
      const nextY = Math.round(lat[i]! * 10 ** DEGREE_DECIMALS)
      const nextM = Math.round(time_ms[i]! / 10 ** (3 - SECOND_DECIMALS))
      writer.signed(nextX - x)
      writer.signed(nextY - y)
      writer.signed(nextM - m)
      ;[x, y, m] = [nextX, nextY, nextM]
    }
  }
  return writer.take()
}
