import type { Position } from '../core/geo.ts'
import { readEvidence, toBlocks } from './blocks.ts'
import { cleanTrack, type Clock } from './clean.ts'
import { measureStrides } from './distance.ts'
import { ascentOf, figuresOf, findRides, speedKmh, type Ride, type Segment } from './figures.ts'
import { displayRoute, toLine, type Line } from './line.ts'
import { linkFixes } from './links.ts'
import { findStates } from './motion.ts'
import { fixNoiseM } from './noise.ts'
import { ReasonList, type Reason } from './reasons.ts'
import { residualsOf, type Residuals } from './residuals.ts'
import { smooth } from './smoother.ts'
import type { Fixes, Track } from './track.ts'
import { judge } from './verdict.ts'

export { LONGEST_WALK_MS, type Clock } from './clean.ts'
export { areCopies } from './copies.ts'
export type { Segment } from './figures.ts'
export { toPieces, type Piece } from './line.ts'
export type { Line } from './line.ts'
export { exclusionCodes, type Reason, refusalCodes, spoofingRules } from './reasons.ts'
export type { Residuals } from './residuals.ts'
export { impossibilityOf, type Impossibility } from './clean.ts'
export { isBeyondDoubt } from './verdict.ts'
export type { Activity, Track } from './track.ts'

/** What the server makes of a recorded track. Times are Unix milliseconds; null when there was no usable fix. */
export interface Measurement {
  readonly valid: boolean
  /** A valid walk that is not ranked counts for its owner alone: its reasons say why. An invalid walk is never ranked. */
  readonly ranked: boolean
  readonly reasons: Reason[]
  readonly started_at_ms: number | null
  readonly ended_at_ms: number | null
  readonly distance_m: number
  /** moving_sec + stopped_sec: rides and holes that could not be walked are no part of it. */
  readonly duration_sec: number
  readonly moving_sec: number
  readonly stopped_sec: number
  readonly avg_speed_kmh: number
  readonly max_speed_kmh: number
  /** Null of a recording without altitudes, and so is the descent. */
  readonly ascent_m: number | null
  readonly descent_m: number | null
  readonly auto_ended: boolean
  readonly segments: Segment[]
  readonly line: Line
  /** At most 500 points, for showing. */
  readonly route: Position[]
  /** Compare those of two walks by `areCopies`. */
  readonly residuals: Residuals
  readonly point_count: number
  readonly usable_point_count: number
}

/**
 * Measures a track and judges whether it was a walk. Pure, never throws, and linear in points but for sorting.
 * The order of points, duplicates and the split of an upload make no difference.
 *
 * What cannot be a fix is dropped (clean), excursions of the receiver are left out (links), the rest is smoothed (smoother); a hidden Markov model says when
 * the phone lay still, was on foot or was ridden (blocks, motion); the way on foot is measured in strides with their noise taken off (distance);
 * figures, the line and the verdict follow from those.
 */
export function measureTrack(track: Track, clock: Clock): Measurement {
  const clean = cleanTrack(track, clock)
  const linked = linkFixes(clean.fixes)
  const { fixes } = linked
  const noiseM = fixNoiseM(fixes)
  const path = smooth(linked, noiseM)
  const blocks = toBlocks(linked)
  const evidence = readEvidence(track, fixes, blocks)
  const strides = measureStrides(linked, path, blocks, findStates(blocks, evidence, noiseM), evidence)
  const rides = findRides(linked, path, strides)
  const isRidden = markRidden(fixes, rides)
  const figures = figuresOf(linked, strides)
  const altitude = ascentOf(fixes, isRidden)
  const line = toLine(linked, path, strides)

  const reasons = new ReasonList(fixes)
  judge({ clean, linked, noise_m: noiseM, strides, rides, figures, evidence }, reasons)
  reasons.addDropped(clean.dropped)
  reasons.addGlitches(linked.glitches, linked.jumps)
  reasons.addLinks(linked)
  reasons.addRides(rides)

  const distanceM = figures.distance_m
  const movingSec = Math.round(figures.moving_sec)
  const stoppedSec = Math.round(figures.stopped_sec)
  return {
    valid: !reasons.isRefused,
    ranked: !reasons.isRefused && !reasons.isUnranked,
    reasons: reasons.list(),
    started_at_ms: fixes.time_ms[0] ?? null,
    ended_at_ms: fixes.time_ms.at(-1) ?? null,
    distance_m: distanceM,
    duration_sec: movingSec + stoppedSec,
    moving_sec: movingSec,
    stopped_sec: stoppedSec,
    avg_speed_kmh: speedKmh(distanceM, movingSec + stoppedSec),
    max_speed_kmh: figures.max_speed_kmh,
    ascent_m: altitude && Math.round(altitude.up),
    descent_m: altitude && Math.round(altitude.down),
    auto_ended: clean.auto_ended,
    segments: figures.segments,
    line,
    route: displayRoute(line),
    residuals: residualsOf(fixes),
    point_count: track.time_ms.length,
    usable_point_count: fixes.count,
  }
}

function markRidden(fixes: Fixes, rides: readonly Ride[]): Uint8Array {
  const mark = new Uint8Array(fixes.count)
  for (const ride of rides) mark.fill(1, ride.from, ride.to + 1)
  return mark
}
