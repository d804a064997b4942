import { type Actor, signedIn } from '../../../core/actor.ts'
import type { LatLng } from '../../../core/geo.ts'
import { toKmaCell } from '../../../core/kma-grid.ts'
import { HOUR_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import type { Rectangle } from '../../places/schema.ts'
import { expectedHours, newestOf, skyAt } from '../cells/copy.ts'
import type { CellWeather } from '../cells/schema.ts'
import { readCopy } from '../cells/service.ts'
import { mergeHours } from '../hours.ts'
import { gradeOf } from '../outlook/grades.ts'
import { hourFactsAt, type PetFacts } from '../paw-index/facts.ts'
import { judgePavement } from '../paw-index/pavement.ts'
import { warningMessage } from '../warnings.ts'
import { findHazards } from './queries.ts'
import type { Hazards, Pavement } from './schema.ts'

/** What makes walks dangerous in a rectangle: warnings, dust, hot asphalt, and rivers in heavy rain. */
export async function findDangers({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, box: Rectangle): Promise<Hazards> {
  const at = now()
  const middle = { lat: (box.south + box.north) / 2, lng: (box.west + box.east) / 2 }
  const { warnings, stations, latest, riverside } = signedIn(await findHazards(db, actor, box, { cell: toKmaCell(middle), now: at }))
  const pavement = pavementAt(middle, newestOf(readCopy(latest), null, at), at)
  return {
    warnings,
    dust: stations.map(({ pm10, pm25, ...station }) => ({
      ...station,
      pm10_value: pm10,
      pm25_value: pm25,
      grades: { pm10: gradeOf('pm10', pm10), pm25: gradeOf('pm25', pm25) },
    })),
    pavement,
    riverside: riverside.map((place) => ({ ...place, message: warningMessage({ kind: 'heavy_rain', level: place.level }) })),
    sources: [
      { name: '기상청', notice: null },
      ...(stations.length > 0 ? [{ name: '한국환경공단 에어코리아', notice: '인증을 받지 않은 실시간 자료예요' }] : []),
    ],
  }
}

/** Nobody's: asphalt is as hot for all, apart from puppies. */
const ANY_PET: PetFacts = {
  name: '',
  size: null,
  weight_kg: null,
  birth_date: null,
  is_brachycephalic: false,
  has_double_coat: false,
  has_thin_coat: false,
  has_white_coat: false,
  is_overweight: false,
  has_heart_or_lung_condition: false,
}

/** How hot asphalt is in this hour, by the cell's weather. Null where that is not known. */
function pavementAt(place: LatLng, copy: CellWeather | null, now: Date): Pavement | null {
  if (copy === null) return null
  const measured = copy.observation?.value ?? null
  const hours = mergeHours(measured ? [{ ...measured, sky: skyAt(copy, measured.hour) }] : [], expectedHours(copy))
  const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS)
  const around = { place, now, hours, is_coastal: false, air_quality: null, warnings: [], uv: null, last_snow_at: null }
  const { level, value, message } = judgePavement(ANY_PET, hourFactsAt(hour, around))
  return level === null || value === null ? null : { level, surface_temp_c: value, message }
}
