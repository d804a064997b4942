import { particle } from '../../../core/korean.ts'
import { feelsLike, toTenth } from '../feels-like.ts'
import { type HourFacts, isAged, type PetFacts } from './facts.ts'
import { type Level, levelFrom } from './levels.ts'
import type { PawPart } from './schema.ts'

const STEPS = [24, 28, 32] as const
const SURCHARGE_MAX = 6
const HEAVY_KG = 50

const MESSAGES = [null, '더울 수 있어요. 물을 챙겨 주세요', '더워요. 그늘에서 짧게 걸어요', '너무 더워요. 시원해지면 나가요'] as const

/** How many degrees warmer an hour is for this pet than for others, by what makes dogs more often ill with heat. */
export function heatSurcharge(pet: PetFacts, at: Date): number {
  const sum =
    (pet.is_brachycephalic ? 4 : 0) +
    ((pet.weight_kg ?? 0) >= HEAVY_KG ? 3 : 0) +
    (pet.has_double_coat ? 2 : 0) +
    (isAged(pet, at, 12) ? 2 : isAged(pet, at, 6) ? 1 : 0) +
    (pet.is_overweight ? 1 : 0)
  return Math.min(SURCHARGE_MAX, sum)
}

/** The feels-like temperature of people. Without its humidity or wind the temperature itself says enough to warn. */
export function feltAt({ at, hour }: HourFacts): number | null {
  if (!hour || hour.temp === null) return null
  return feelsLike({ at, temp: hour.temp, humidity: hour.humidity, wind_ms: hour.wind_ms }) ?? hour.temp
}

export function judgeHeat(pet: PetFacts, facts: HourFacts): PawPart {
  const felt = feltAt(facts)
  const value = felt === null ? null : toTenth(felt + heatSurcharge(pet, facts.at))
  const level = value === null ? null : levelFrom(value, STEPS)
  const message = level === null || felt === null ? null : messageOf(pet, level, levelFrom(felt, STEPS))
  return { part: 'heat', level, value, unit: '°C', message, is_info: false }
}

/** Where the pet alone makes the difference, the message is about the pet. */
function messageOf({ name }: PetFacts, level: Level, levelOfOthers: Level): string | null {
  return level > levelOfOthers ? `${name}${particle(name, '은', '는')} 더위에 약해요` : MESSAGES[level]
}
