import type { Deps } from '../../src/deps.ts'
import { uploadImage } from '../../src/modules/photos/service.ts'
import type { Domain } from './town.ts'

/** Pictures that belong to no walk: every sixth owner has uploaded some. */
export const photos: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number, joins }) => number % 6 === 0 && (day.index - joins) % 40 === 4)
    .map((owner) => ({
      at: day.at(16),
      run: async (deps: Deps) => uploadImage(deps, town.resident(owner).actor, await town.camera(owner, 50 + (day.index % 40))),
    }))
