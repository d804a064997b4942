import type { WarningKind, WarningLevel } from '../../../core/weather.ts'

/** What a bulletin says to be in force, and when it was issued. Bulletins are ordered by `issued_at`, then by `seq`. */
export interface Bulletin {
  readonly issued_at: string
  readonly seq: number
  readonly in_force: readonly { readonly kind: WarningKind; readonly level: WarningLevel; readonly zones: string }[]
  /** How many of its statements nobody understands. Such a bulletin lifts nothing. */
  readonly unread: number
}

export interface Zone {
  readonly code: string
  readonly name: string
  readonly sido: string
}

/** A row of `warnings_in_force` that is not over. */
export interface KnownWarning {
  readonly area_code: string
  readonly kind: WarningKind
  readonly level: WarningLevel
  readonly issued_at: string
  readonly seq: number
  /** It is announced for later. */
  readonly is_to_come: boolean
  /** Its end is announced. */
  readonly is_ending: boolean
}

/** How what is known differs from what a bulletin says. */
export interface Difference {
  readonly over: readonly { readonly area_code: string; readonly kind: WarningKind }[]
  readonly found: readonly {
    readonly area_code: string
    readonly area_name: string
    readonly kind: WarningKind
    readonly level: WarningLevel
  }[]
}

/** `제주도(추자도, 서귀포시남부 제외)`. */
interface Area {
  readonly name: string
  /** Null for all of it. */
  readonly parts: readonly string[] | null
  readonly isExcept: boolean
}

/** The zones of each name that stands for several. KMA names the islands of the west and east apart from their sido. */
const GROUPS: readonly (readonly [names: string, codes: RegExp])[] = [
  ['서울 서울특별시', /^L110/],
  ['부산 부산광역시', /^(L115|L1082[567])/],
  ['대구 대구광역시', /^(L114|L10702)/],
  ['인천 인천광역시', /^(L111|L10109|L10136)/],
  ['광주 광주광역시', /^L113/],
  ['대전 대전광역시', /^(L112|L10301)/],
  ['울산 울산광역시', /^(L116|L1082[89])/],
  ['세종 세종특별자치시', /^L117/],
  ['경기 경기도', /^L101(?!09|36|40|42|43)/],
  ['강원 강원도 강원자치도 강원특별자치도', /^L102/],
  ['충남 충청남도', /^L103(?!01)/],
  ['충북 충청북도', /^L104/],
  ['전남 전라남도', /^L105/],
  ['전남광주 전남광주통합특별시', /^L(105|113)/],
  ['전북 전라북도 전북자치도 전북특별자치도', /^L106/],
  ['경북 경상북도', /^L107(?!02|21)/],
  ['경남 경상남도', /^L108(?!2[5-9])/],
  ['제주 제주도 제주자치도 제주특별자치도', /^L109/],
  ['서해5도', /^L101(40|42|43)/],
]
const CODES_OF = new Map(GROUPS.flatMap(([names, codes]) => names.split(' ').map((name) => [name, codes] as const)))

/** Groups of seas have names that no zone has. */
const SEA = /바다|해상|수역|평수구역/

/** KMA writes `곡성군북부` in one place and `곡성북부` in another. */
const wordOf = (name: string): string => name.replaceAll(/[시군\s]/g, '').replaceAll(/[·ㆍ]/g, '.')

/** Parts of a list that stand in no brackets of it. */
function split(list: string): string[] {
  const parts: string[] = []
  let depth = 0
  let begin = 0
  for (const [index, letter] of [...list].entries()) {
    if (letter === '(') depth++
    else if (letter === ')') depth = Math.max(0, depth - 1)
    else if (letter === ',' && depth === 0) {
      parts.push(list.slice(begin, index))
      begin = index + 1
    }
  }
  return [...parts, list.slice(begin)].map((part) => part.trim()).filter(Boolean)
}

export function readAreas(zones: string): Area[] {
  return split(zones.normalize('NFC').replaceAll(/\s+/g, ' ')).map((area) => {
    const [, name = area, inner] = /^([^(]+?) ?\((.*)\)$/.exec(area) ?? []
    if (inner === undefined || !CODES_OF.has(name)) return { name: area, parts: null, isExcept: false }
    const isExcept = / ?제외$/.test(inner)
    return { name, parts: split(isExcept ? inner.replace(/ ?제외$/, '') : inner), isExcept }
  })
}

/** Which zones a text names, and of which it cannot be said. */
function readZones(text: string, zones: readonly Zone[]): { named: Set<string>; unclear: Set<string> } {
  const [named, unclear] = [new Set<string>(), new Set<string>()]
  const add = (to: Set<string>, some: readonly Zone[]) => some.forEach(({ code }) => to.add(code))
  for (const { name, parts, isExcept } of readAreas(text)) {
    const group = CODES_OF.get(name)
    const all = group ? zones.filter(({ code }) => group.test(code)) : []
    if (!parts) {
      const some = group ? all : zonesCalled(name, zones)
      // Zones of two sidos may have one name, and what nobody knows may be anything on land.
      const isSure = new Set(some.map(({ sido }) => sido)).size === 1
      add(isSure ? named : unclear, some.length > 0 || SEA.test(name) ? some : zones)
      continue
    }
    const found = parts.map((part) => zonesCalled(part, all))
    const listed = new Set(found.flat())
    add(named, isExcept ? all.filter((zone) => !listed.has(zone)) : [...listed])
    // A part that nobody knows may be any zone that is not listed.
    if (found.some((some) => some.length === 0))
      add(
        unclear,
        all.filter((zone) => !listed.has(zone)),
      )
  }
  return { named, unclear }
}

/** A zone of that name, and the zones that it was split into. */
function zonesCalled(name: string, zones: readonly Zone[]): Zone[] {
  const called = zones.filter((zone) => wordOf(zone.name) === wordOf(name))
  return zones.filter(({ code }) => called.some((zone) => code.startsWith(stemOf(zone.code))))
}

/** What the codes of the zones within begin with. Two digits are the sido, two the zone, and two its parts. */
const stemOf = (code: string) => (code.endsWith('0000') ? code.slice(0, 4) : code.endsWith('00') ? code.slice(0, 6) : code)
const isSplit = ({ code }: Zone, zones: readonly Zone[]) =>
  zones.some((other) => other.code !== code && other.code.startsWith(stemOf(code)))

const isBefore = (one: { issued_at: string; seq: number }, other: { issued_at: string; seq: number }) =>
  Date.parse(one.issued_at) - Date.parse(other.issued_at) < 0 ||
  (Date.parse(one.issued_at) === Date.parse(other.issued_at) && one.seq < other.seq)

/**
 * Compares what is known with a bulletin. News that is younger than the bulletin is left alone, and so is what is announced for later, which a bulletin need
 * not name. A kind that is named nowhere is over. A zone is over when its sido is not named, or is named without it.
 * What the bulletin names and nobody knew of is in force: the news of it is older than the six days that KMA tells of.
 */
export function compareWithBulletin(bulletin: Bulletin, known: readonly KnownWarning[], zones: readonly Zone[]): Difference {
  const statements = bulletin.in_force.map(({ kind, level, zones: text }) => ({ kind, level, ...readZones(text, zones) }))
  const isKnownZone = new Set(zones.map(({ code }) => code))
  const settled = known.filter((one) => !isBefore(bulletin, one) && !one.is_to_come && !one.is_ending)

  const isNamed = ({ area_code, kind }: KnownWarning) => {
    const said = statements.filter((one) => one.kind === kind)
    // Seas are named in groups that no list tells apart.
    if (said.length === 0 || area_code.startsWith('S')) return said.length > 0
    // A zone that nobody knows may be any of its sido.
    const its = isKnownZone.has(area_code)
      ? [area_code]
      : zones.map(({ code }) => code).filter((code) => code.slice(0, 4) === area_code.slice(0, 4))
    return its.length === 0 || said.some(({ named, unclear }) => its.some((code) => named.has(code) || unclear.has(code)))
  }
  const over = bulletin.unread > 0 ? [] : settled.filter((one) => !isNamed(one)).map(({ area_code, kind }) => ({ area_code, kind }))

  const leaves = zones.filter((zone) => zone.code.startsWith('L') && !isSplit(zone, zones) && !isWhole(zone))
  const found = statements.flatMap(({ kind, level, named }) =>
    leaves
      .filter(({ code }) => named.has(code))
      .filter(({ code }) => {
        const one = known.find(({ area_code, kind: its }) => area_code === code && its === kind)
        return !one || (one.level !== level && isBefore(one, bulletin) && !one.is_to_come && !isNamedAt(statements, kind, one.level, code))
      })
      .map(({ code, name }) => ({ area_code: code, area_name: name, kind, level })),
  )
  return { over, found: highest(found) }
}

/** A code that ends so stands for a whole sido. */
const isWhole = ({ code }: Zone) => code.endsWith('0000')

const isNamedAt = (
  statements: readonly { kind: WarningKind; level: WarningLevel; named: ReadonlySet<string> }[],
  kind: WarningKind,
  level: WarningLevel,
  code: string,
) => statements.some((one) => one.kind === kind && one.level === level && one.named.has(code))

/** One statement a zone and kind: a warning before an advisory. */
function highest(found: Difference['found']): Difference['found'] {
  const kept = new Map<string, Difference['found'][number]>()
  for (const one of found) {
    const key = `${one.area_code} ${one.kind}`
    if (kept.get(key)?.level !== 'warning') kept.set(key, one)
  }
  return [...kept.values()]
}
