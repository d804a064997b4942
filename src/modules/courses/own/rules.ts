import { decode, encode } from '@googlemaps/polyline-codec'
import { WAY_POINTS_MAX } from './schema.ts'

/** Courses lie in Korea, because places and hidden cells do. */
const KOREA = { lat: [33, 39], lng: [124, 132] } as const
const STORED_PRECISION = 6

/** The way as it is stored, or null when it is none: a polyline that breaks off, too many positions, or one outside Korea. Its length is measured where it is stored. */
export function wayOf({ polyline, precision }: { polyline: string; precision: 5 | 6 }): string | null {
  // The last number of a polyline ends with a character below the underscore.
  if (polyline.charCodeAt(polyline.length - 1) >= 95) return null
  const way = decode(polyline, precision)
  const isInKorea = ([lat, lng]: readonly [number, number] | number[]) =>
    lat! >= KOREA.lat[0] && lat! <= KOREA.lat[1] && lng! >= KOREA.lng[0] && lng! <= KOREA.lng[1]
  if (way.length < 2 || way.length > WAY_POINTS_MAX || !way.every(isInKorea)) return null
  return encode(way, STORED_PRECISION)
}
