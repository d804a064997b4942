import { gradeOf } from '../outlook/grades.ts'
import { type Warning, warningLevel, warningMessage } from '../warnings.ts'
import { type HourFacts, isAged, isPuppy, type PetFacts } from './facts.ts'
import { type Level, shift } from './levels.ts'
import type { PawPart } from './schema.ts'

const OLD_FROM_YEARS = 10

/** There is no limit for dogs, so people's grades are used, and the message says so. */
export function judgeDust(pet: PetFacts, { at, pm10, pm25, warnings }: HourFacts): PawPart {
  const [coarse, fine] = [gradeOf('pm10', pm10), gradeOf('pm25', pm25)]
  const decides =
    (fine ?? 0) >= (coarse ?? 0)
      ? ({ name: '초미세먼지', value: pm25, grade: fine } as const)
      : ({ name: '미세먼지', value: pm10, grade: coarse } as const)
  const isSensitive = pet.is_brachycephalic || pet.has_heart_or_lung_condition || isPuppy(pet, at) || isAged(pet, at, OLD_FROM_YEARS)
  const byGrade = decides.grade === null ? null : levelOf(decides.grade, isSensitive)
  const unit = 'µg/m³'
  const storm = yellowDustIn(warnings)
  if (storm && storm.level > (byGrade ?? 0)) {
    return { part: 'dust', level: storm.level, value: pm10, unit, message: warningMessage(storm.warning), is_info: false }
  }
  const message = byGrade ? `${decides.name}가 ${decides.grade === 4 ? '매우 ' : ''}나빠요 (사람 기준)` : null
  return { part: 'dust', level: byGrade, value: decides.value, unit, message, is_info: false }
}

function levelOf(grade: number, isSensitive: boolean): Level {
  return grade < 3 ? 0 : shift(grade === 4 ? 2 : 1, isSensitive ? 1 : 0)
}

/** The graver of those in force. */
function yellowDustIn(warnings: readonly Warning[]): { warning: Warning; level: Level } | undefined {
  return warnings
    .filter(({ kind }) => kind === 'yellow_dust')
    .map((warning) => ({ warning, level: warningLevel(warning, { is_coastal: false, is_small: false }) }))
    .toSorted((a, b) => b.level - a.level)[0]
}
