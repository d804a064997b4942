import type { Track } from '../../../../measuring/measure-track.ts'
import { Refusal } from './refusal.ts'

/** What a file says it is a recording of. */
export type Sport = 'walk' | 'run' | 'other'

export interface ReadTrack {
  /** Null where the file does not say, or says it in words that nobody knows. */
  readonly sport: Sport | null
  readonly track: Track
}

/** Twelve hours at four fixes a second. */
const POINTS_MAX = 200_000
const TRACKS_MAX = 100

/** Points of the tracks of one file, in columns, because objects would take ten times the memory. */
export class TrackList {
  private readonly tracks: { sport: Sport | null; points: Points }[] = []
  private left = POINTS_MAX

  begin(sport: Sport | null): void {
    if (this.tracks.length === TRACKS_MAX) throw new Refusal('too_large')
    this.tracks.push({ sport, points: new Points() })
  }

  /** A track may say what it is after its points. */
  name(sport: Sport | null): void {
    const track = this.tracks.at(-1)
    if (track && sport) track.sport = sport
  }

  add(lat: number, lng: number, timeMs: number, altitudeM: number): void {
    if (this.left-- === 0) throw new Refusal('too_many_points')
    this.tracks.at(-1)?.points.add(lat, lng, timeMs, altitudeM)
  }

  take(): ReadTrack[] {
    return this.tracks.map(({ sport, points }) => ({ sport, track: points.take() }))
  }
}

const COLUMNS = 4

class Points {
  private values = new Float64Array(COLUMNS * 256)
  private count = 0

  add(lat: number, lng: number, timeMs: number, altitudeM: number): void {
    if (COLUMNS * (this.count + 1) > this.values.length) {
      const longer = new Float64Array(this.values.length * 2)
      longer.set(this.values)
      this.values = longer
    }
    this.values.set([lat, lng, timeMs, altitudeM], COLUMNS * this.count++)
  }

  take(): Track {
    const column = (k: number) => Float64Array.from({ length: this.count }, (_, i) => this.values[COLUMNS * i + k]!)
    const altitude_m = column(3)
    return {
      lat: column(0),
      lng: column(1),
      time_ms: column(2),
      altitude_m: altitude_m.some((metres) => !Number.isNaN(metres)) ? altitude_m : null,
      accuracy_m: null,
      is_mock: null,
    }
  }
}
