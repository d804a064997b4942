import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { gpx } from '@tmcw/togeojson'
import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom'
import type { Track } from '../src/measuring/measure-track.ts'
import { makeTrack } from './tracks.ts'

/** A recorded track. Points are [lat, lng, Unix ms, altitude?] in the order of the file. */
export interface Recording {
  readonly id: string
  readonly points: number[][]
  /** The verdict that the file itself expects, if it states one. */
  readonly expected: unknown
}

/** Every `.json` and `.gpx` of a folder, by name. Empty when no folder is given. */
export async function readRecordings(folder: string | undefined): Promise<Recording[]> {
  if (!folder) return []
  const names = (await readdir(folder)).filter((name) => ['.json', '.gpx'].includes(extname(name).toLowerCase())).sort()
  return Promise.all(names.map((name) => readRecording(join(folder, name))))
}

export async function readRecording(path: string): Promise<Recording> {
  const text = await readFile(path, 'utf8')
  const name = basename(path, extname(path))
  if (extname(path).toLowerCase() === '.gpx') return { id: name, points: pointsOfGpx(text), expected: null }
  const file: unknown = JSON.parse(text)
  if (typeof file !== 'object' || file === null || !('points' in file) || !Array.isArray(file.points)) throw new Error('it has no points')
  return {
    id: 'id' in file && typeof file.id === 'string' ? file.id : name,
    points: file.points.filter(isPoint),
    expected: 'expected' in file ? file.expected : null,
  }
}

function isPoint(point: unknown): point is number[] {
  return Array.isArray(point) && point.length >= 3 && point.slice(0, 3).every((value) => typeof value === 'number')
}

/** All track points of a GPX file that have a time. */
function pointsOfGpx(text: string): number[][] {
  const points: number[][] = []
  const parser = new DOMParser({ onError: onErrorStopParsing })
  for (const { geometry, properties } of gpx(parser.parseFromString(text, 'text/xml')).features) {
    if (geometry?.type !== 'LineString' && geometry?.type !== 'MultiLineString') continue
    const times: unknown = properties?.['coordinateProperties']?.times
    const lines =
      geometry.type === 'LineString'
        ? [{ line: geometry.coordinates, times }]
        : geometry.coordinates.map((line: number[][], k: number) => ({ line, times: Array.isArray(times) ? times[k] : null }))
    for (const { line, times: column } of lines) {
      if (!Array.isArray(column)) continue
      line.forEach(([lng, lat, altitude]: number[], i: number) => {
        const time = Date.parse(String(column[i]))
        if (lng !== undefined && lat !== undefined && Number.isFinite(time))
          points.push([lat, lng, time, ...(altitude === undefined ? [] : [altitude])])
      })
    }
  }
  return points
}

export function trackOfRecording(recording: Recording): Track {
  const { points } = recording
  const hasAltitude = points.some((point) => point.length > 3)
  return makeTrack(
    points.map((point) => point[0]!),
    points.map((point) => point[1]!),
    points.map((point) => point[2]!),
    hasAltitude ? { altitude_m: points.map((point) => point[3] ?? NaN) } : {},
  )
}

/** The track moved to `to`, with its distances kept. The recordings are not from Korea, and this lets regions be tried on them. */
export function movedTo(track: Track, to: { lat: number; lng: number }): Track {
  const lat0 = track.lat[0] ?? 0
  const lng0 = track.lng[0] ?? 0
  const widen = Math.cos((lat0 * Math.PI) / 180) / Math.cos((to.lat * Math.PI) / 180)
  return { ...track, lat: track.lat.map((lat) => to.lat + lat - lat0), lng: track.lng.map((lng) => to.lng + (lng - lng0) * widen) }
}
