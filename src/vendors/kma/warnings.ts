import { z } from 'zod'
import { type WarningKind, type WarningLevel, WARNING_KINDS, WARNING_LEVELS } from '../../core/weather.ts'
import { toStorable } from '../public-data/fields.ts'
import { toInstant } from '../public-data/instant.ts'

/** What became of a warning in a zone. `changed` raises or lowers its level. */
export interface WarningNotice {
  readonly issued_at: string
  /** Grows within a year. Rows of one notice share it. */
  readonly seq: number
  /** `L…` on land, `S…` at sea. Codes change when zones are split. */
  readonly area_code: string
  readonly area_name: string
  readonly kind: WarningKind
  readonly level: WarningLevel
  readonly command: 'issued' | 'lifted' | 'extended' | 'changed' | 'other'
  readonly starts_at: string | null
  readonly ends_at: string | null
  readonly is_cancelled: boolean
}

/** What is in force in the whole country. */
export interface WarningStatus {
  readonly issued_at: string
  readonly seq: number
  readonly in_force: readonly {
    readonly kind: WarningKind
    readonly level: WarningLevel
    /** The zones in words, such as `제주도(추자도, 서귀포시남부 제외)`. */
    readonly zones: string
  }[]
  /** How many statements were not understood. While there are any, a warning that is missing above may be in force. */
  readonly unread: number
}

const COMMANDS: Readonly<Record<string, WarningNotice['command']>> = { '1': 'issued', '2': 'lifted', '3': 'extended', '7': 'changed' }

/** In the order of `WARNING_KINDS`. */
const KIND_NAMES = '강풍 호우 한파 건조 폭풍해일 풍랑 태풍 대설 황사 안개 지진해일 폭염'.split(' ')
/** KMA has had a third level of heat since 2026, `중대경보`, which counts as a warning. The longer name stands first. */
const LEVEL_NAMES: readonly (readonly [name: string, level: WarningLevel])[] = [
  ['중대경보', 'warning'],
  ['주의보', 'advisory'],
  ['경보', 'warning'],
]
const LEVEL_CODES: readonly WarningLevel[] = [...WARNING_LEVELS, 'warning']
/** Nights of heat are no reason to stay at home, so they are no kind of ours. */
const LEFT_OUT = /^열대야/

const textSchema = z.union([z.string(), z.number()]).transform((value) => toStorable(String(value)))
/** As Postgres counts. */
const seqSchema = z.coerce.number().int().min(0).max(2_147_483_647)
const noticeSchema = z.object({
  tmFc: textSchema,
  tmSeq: seqSchema,
  areaCode: textSchema,
  areaName: z.string().transform(toStorable),
  warnVar: z.coerce.number().int(),
  warnStress: z.coerce.number().int(),
  command: textSchema,
  startTime: textSchema.optional(),
  endTime: textSchema.optional(),
  allEndTime: textSchema.optional(),
  cancel: textSchema.optional(),
})
const statusSchema = z.object({ tmFc: textSchema, tmSeq: seqSchema, t6: z.string() })

/** Rows of kinds that are not known here are left out. */
export function readNotices(items: readonly unknown[]): WarningNotice[] {
  return items.flatMap((item) => {
    const { data } = noticeSchema.safeParse(item)
    const issued_at = toInstant(data?.tmFc)
    const kind = WARNING_KINDS[(data?.warnVar ?? 0) - 1]
    const level = LEVEL_CODES[data?.warnStress ?? -1]
    if (!data || issued_at === null || !kind || !level || !data.areaCode) return []
    return {
      issued_at,
      seq: data.tmSeq,
      area_code: data.areaCode,
      area_name: data.areaName,
      kind,
      level,
      command: COMMANDS[data.command] ?? 'other',
      // 0 is no time.
      starts_at: toInstant(data.startTime),
      ends_at: toInstant(data.endTime) ?? toInstant(data.allEndTime),
      is_cancelled: (data.cancel ?? '0') !== '0',
    }
  })
}

/** Null when it does not say what is in force. That is not the same as nothing being in force (`o 없 음`). */
export function readStatus(item: unknown): WarningStatus | null {
  const { data } = statusSchema.safeParse(item)
  const issued_at = toInstant(data?.tmFc)
  const statements = (data?.t6 ?? '')
    .split(/(?:^|\n)\s*o(?=\s)/)
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .filter(Boolean)
  if (!data || issued_at === null || statements.length === 0) return null
  const read = statements.filter((statement) => !/^없 ?음$/.test(statement) && !LEFT_OUT.test(statement)).map(readStatement)
  return { issued_at, seq: data.tmSeq, in_force: read.flat(), unread: read.filter(({ length }) => length === 0).length }
}

/** `강풍주의보 : 제주도(추자도 제외)`. Several of the same zones may stand together, as `강풍주의보·풍랑주의보`. */
function readStatement(statement: string): WarningStatus['in_force'][number][] {
  const [, heads = '', zones = ''] = /^([^:]+?) ?: ?(.+)$/.exec(statement) ?? []
  return heads.split(/[·,]/).flatMap((head) => {
    const name = head.replaceAll(' ', '')
    const [ending, level] = LEVEL_NAMES.find(([it]) => name.endsWith(it)) ?? []
    const kind = WARNING_KINDS[KIND_NAMES.indexOf(name.slice(0, -(ending ?? '').length))]
    return kind && level ? { kind, level, zones } : []
  })
}
