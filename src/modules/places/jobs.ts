import type { Task } from '../../jobs/job.ts'
import { geocodePart } from './import/geocoding.service.ts'
import { importPart } from './import/service.ts'
import type { ImportedSource } from './kinds.ts'

const importOf = (source: ImportedSource): Task => ({
  name: `places.import_${source}`,
  run: (deps, scheduledAt) => importPart(deps, source, scheduledAt),
})

export const importHospitals = importOf('hospitals')
export const importPharmacies = importOf('pharmacies')
export const importParks = importOf('parks')

/** Places that the import of the same night has brought are looked for on the next one at the latest. */
export const geocodePlaces: Task = {
  name: 'places.geocode',
  run: (deps, _scheduledAt, cursor) => geocodePart(deps, cursor),
}
