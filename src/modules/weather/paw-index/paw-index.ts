import { judgeCold } from './cold.ts'
import { judgeDust } from './dust.ts'
import type { HourFacts, PetFacts } from './facts.ts'
import { judgeHazards, judgeRain } from './hazards.ts'
import { judgeHeat } from './heat.ts'
import { type Level, LEVEL_MESSAGES } from './levels.ts'
import { judgePavement } from './pavement.ts'
import type { PawIndex, PawPart } from './schema.ts'

const NOTICE = '참고용 정보예요. 수의사의 진단을 대신하지 않아요'

/** What the weather of an hour means for a pet: the highest of its parts. */
export function pawIndex(pet: PetFacts, facts: HourFacts): PawIndex {
  const parts = [
    judgePavement(pet, facts),
    judgeHeat(pet, facts),
    judgeCold(pet, facts),
    judgeDust(pet, facts),
    judgeRain(facts),
    ...judgeHazards(pet, facts),
  ]
  const level = levelOf(parts, typeof facts.hour?.temp === 'number')
  return { level, message: level === null ? null : LEVEL_MESSAGES[level], notice: NOTICE, parts }
}

/** Nothing is good weather while the temperature is unknown. */
function levelOf(parts: readonly PawPart[], isTempKnown: boolean): Level | null {
  const highest = Math.max(0, ...parts.map(({ level }) => level ?? 0)) as Level
  return highest > 0 || isTempKnown ? highest : null
}
