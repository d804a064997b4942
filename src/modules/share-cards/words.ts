import { particle } from '../../core/korean.ts'
import { drawable } from './text.ts'

const WEEKDAYS = ['일', '월', '화', '수', '목', '금', '토']
/** Characters that turn or hide the text around them. Those that join and colour emojis are none of them. */
const UNRULY = /(?![\u200d\p{Variation_Selector}\u{e0020}-\u{e007f}])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const IS_VISIBLE = /[\p{L}\p{N}\p{S}\p{P}]/u
const IS_RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/** 초코와 함께한 산책, with what the card's fonts can draw. */
export function titleOf(pets: readonly string[]): string {
  return titled(pets.map((name) => drawable(name, 12)))
}

/** The same for a browser, which has letters of every script. A name that runs from the right keeps to itself. */
export function pageTitleOf(pets: readonly string[]): string {
  return titled(pets.map(shownName), (name) => (IS_RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name))
}

/** A name as a browser may show it, or nothing where there would be nothing to see. */
export function shownName(name: string): string {
  const shown = name.replaceAll(UNRULY, '').trim()
  return IS_VISIBLE.test(shown) ? shown : ''
}

function titled(pets: readonly string[], set: (name: string) => string = (name) => name): string {
  return `${companyOf(pets.filter(Boolean), set)} 함께한 산책`
}

/** 초코와, 초코·콩이와 or 초코 외 2마리와. From `listed` on the others are counted. */
function companyOf(names: readonly string[], set: (name: string) => string, listed = 3): string {
  const [first = '우리 아이', second] = names
  const others = second && names.length < listed ? `·${set(second)}` : second ? ` 외 ${names.length - 1}마리` : ''
  const company = `${set(first)}${others}`
  return `${company}${particle(company, '과', '와')}`
}

/** With whom, from the whole to the shortest. */
export function companyLines(pets: readonly string[]): string[] {
  const namesOf = (max: number) => pets.map((name) => drawable(name, max)).filter(Boolean)
  const asIs = (name: string) => name
  return [companyOf(namesOf(12), asIs), companyOf(namesOf(12), asIs, 2), companyOf(namesOf(6), asIs, 2)]
}

/** 2026.11.29 (일) */
export function formatDay(day: string): string {
  return `${day.replaceAll('-', '.')} (${WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? ''})`
}

export function formatKm(metres: number): string {
  const km = metres / 1_000
  return km < 100 ? (Math.floor(km * 100) / 100).toFixed(2) : (Math.floor(km * 10) / 10).toFixed(1)
}

export function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  if (minutes === 0) return `${seconds}초`
  if (minutes < 60) return `${minutes}분`
  return minutes % 60 === 0 ? `${minutes / 60}시간` : `${Math.floor(minutes / 60)}시간 ${minutes % 60}분`
}

export function formatCalories(calories: number | null): string | null {
  return calories === null ? null : `${calories.toLocaleString('en-US')} kcal`
}

interface Figures {
  readonly distance_m: number
  readonly duration_sec: number
  readonly calories: number | null
}

/** 1.64 km · 32분 · 48 kcal */
export function figuresOf({ distance_m, duration_sec, calories }: Figures): string[] {
  return [`${formatKm(distance_m)} km`, formatDuration(duration_sec), formatCalories(calories)].filter((figure) => figure !== null)
}
