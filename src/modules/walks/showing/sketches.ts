import type { Position } from '../../../core/geo.ts'
import type { KeyedSeeds } from '../../../core/keyed-seeds.ts'
import { type Sketch, sketchOf } from './sketch.ts'

/** What a walk's sketch is chosen from, by `chosen_sketch`, because only the database knows where the owner lives. Empty where too little is left to draw. */
export interface Sketches {
  /** On a lattice of 200 m. */
  readonly town: Sketch
  /** On a lattice of 300 m, because streets are far apart. */
  readonly county: Sketch
}

/** Draws the sketches of a walk. They are the same whenever they are drawn, because another drawing of one route would tell more of it. */
export async function drawSketches(seeds: KeyedSeeds, walkId: string, route: readonly Position[]): Promise<Sketches> {
  if (route.length < 2) return { town: [], county: [] }
  const seed = await seeds.of(`sketch:${walkId}`)
  return { town: sketchOf(route, { seed, lattice_m: 200 }) ?? [], county: sketchOf(route, { seed, lattice_m: 300 }) ?? [] }
}
