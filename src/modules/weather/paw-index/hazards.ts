import { seoulMonth } from '../feels-like.ts'
import { isDark } from '../sun.ts'
import { warningLevel, warningMessage } from '../warnings.ts'
import type { HourFacts, PetFacts } from './facts.ts'
import type { Level } from './levels.ts'
import type { PawPart } from './schema.ts'

/** Millimetres an hour. Less rain than that is a matter of taste. */
const HEAVY_RAIN_MM = 15
const TORRENT_MM = 30
const SALT_TO_TEMP = 3
const UV_FROM = 8
const TICKS = { from: 4, to: 11 }

/** A part without a number. */
const bare = (part: PawPart['part'], level: Level, message: string, is_info = false): PawPart => ({
  part,
  level,
  value: null,
  unit: null,
  message,
  is_info,
})

/** A band counts with its lower end. */
export function judgeRain({ hour }: HourFacts): PawPart {
  const value = hour?.rain_mm?.min ?? null
  const level = value === null ? null : value >= TORRENT_MM ? 3 : value >= HEAVY_RAIN_MM ? 2 : 0
  const message = level ? '비가 너무 많이 와요' : null
  return { part: 'rain', level, value, unit: 'mm/h', message, is_info: false }
}

/** What applies in the hour, beside the rain. */
export function judgeHazards(pet: PetFacts, facts: HourFacts): PawPart[] {
  return [lightning(facts), warning(pet, facts), salt(facts), ultraviolet(pet, facts), ticks(facts), dark(facts)].filter(
    (part) => part !== null,
  )
}

function lightning({ hour, next }: HourFacts): PawPart | null {
  const isNear = (hour?.lightning ?? 0) > 0 || (next?.lightning ?? 0) > 0
  return isNear ? bare('lightning', 3, '번개가 쳐요. 실내에 있어요') : null
}

/** The gravest in force. Yellow dust is a matter of the dust. */
function warning({ size }: PetFacts, { warnings, is_coastal }: HourFacts): PawPart | null {
  const [gravest] = warnings
    .filter(({ kind }) => kind !== 'yellow_dust')
    .map((one) => ({ one, level: warningLevel(one, { is_coastal, is_small: size === 'small' }) }))
    .toSorted((a, b) => b.level - a.level)
  return gravest && gravest.level > 0 ? bare('warning', gravest.level, warningMessage(gravest.one)) : null
}

function salt({ hour, has_recent_snow }: HourFacts): PawPart | null {
  const isFreezing = typeof hour?.temp === 'number' && hour.temp <= SALT_TO_TEMP
  return has_recent_snow && isFreezing ? bare('salt', 1, '제설제가 있을 수 있어요. 다녀와서 발을 씻겨 주세요') : null
}

function ultraviolet({ has_thin_coat, has_white_coat }: PetFacts, { uv }: HourFacts): PawPart | null {
  const burns = uv !== null && uv >= UV_FROM && (has_thin_coat || has_white_coat)
  return burns ? { ...bare('uv', 1, '자외선이 강해요'), value: uv } : null
}

function ticks({ at }: HourFacts): PawPart | null {
  const month = seoulMonth(at)
  return month >= TICKS.from && month <= TICKS.to ? bare('ticks', 0, '풀숲에 다녀오면 진드기를 확인해요', true) : null
}

function dark({ at, place }: HourFacts): PawPart | null {
  return isDark(at, place) ? bare('dark', 0, '어두우니 반짝이는 목줄을 해 주세요', true) : null
}
