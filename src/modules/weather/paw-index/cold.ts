import { isWet } from '../hours.ts'
import { type HourFacts, isAged, isPuppy, type PetFacts } from './facts.ts'
import { feltAt } from './heat.ts'
import { levelDownFrom, shift } from './levels.ts'
import type { PawPart } from './schema.ts'

/** After Tufts' table of cold weather for dogs. */
const STEPS = { small: [4, -4, -9], medium: [4, -4, -9], large: [-1, -9, -12] } as const
const FRAIL_MARGIN = 2
const FRAIL_FROM_YEARS = 12
const WET_COUNTS_TO = 5

const MESSAGES = [null, '쌀쌀해요. 옷을 챙겨 주세요', '추워요. 짧게 걸어요', '너무 추워요. 따뜻해지면 나가요'] as const

/** A wet coat is a level worse, and a double coat a level better: even then the hardest frost is no good weather. */
export function judgeCold(pet: PetFacts, facts: HourFacts): PawPart {
  const value = feltAt(facts)
  if (value === null) return { part: 'cold', level: null, value, unit: '°C', message: null, is_info: false }
  const isFrail = isPuppy(pet, facts.at) || isAged(pet, facts.at, FRAIL_FROM_YEARS)
  const dry = levelDownFrom(value - (isFrail ? FRAIL_MARGIN : 0), STEPS[pet.size ?? 'medium'])
  const isChilled = isWet(facts.hour?.pty ?? null) && (facts.hour?.temp ?? Number.POSITIVE_INFINITY) <= WET_COUNTS_TO
  const bare = shift(dry, isChilled ? 1 : 0)
  const level = shift(bare, pet.has_double_coat ? -1 : 0)
  return { part: 'cold', level, value, unit: '°C', message: MESSAGES[level], is_info: false }
}
