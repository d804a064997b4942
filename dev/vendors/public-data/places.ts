import type { Clock } from '../clock.ts'
import { createCityParks } from './city-parks.ts'
import type { Provider } from './gateway.ts'
import { createLicences } from './licences.ts'
import { createSnapshots } from './snapshots.ts'

export const PLACES_CONTROLS = {
  'POST /_sim/places/licences':
    'changes or adds a row of a register: {kind?: animal_hospitals|animal_pharmacies, key: OPN_ATMY_GRP_CD:MNG_NO, lat?, lng?, BPLC_NM?, SALS_STTS_CD?, …}',
  'GET /_sim/places/licences': 'the rows of a register and where they truly are: ?kind=',
  'POST /_sim/places/snapshot':
    'how a source of places behaves: {kind: animal_hospitals|animal_pharmacies|city_parks, total_lies?, rows_max?, envelope?: response|bare|array, fields?: camel|upper}',
}

/** The sources of places behind data.go.kr. */
export function createPlaceSources({ clock }: { clock: Clock }) {
  const snapshots = createSnapshots()
  const licences = createLicences({ clock, snapshots })
  const providers: Provider[] = [licences, createCityParks({ snapshots }), { operations: [], ...snapshots }]
  return { providers, registerOf: licences.registerOf }
}
