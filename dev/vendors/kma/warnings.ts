import { z } from 'zod'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate, seoulDateTime } from '../../../src/core/time.ts'
import { WARNING_KINDS, WARNING_LEVELS } from '../../../src/core/weather.ts'
import type { Clock } from '../clock.ts'
import type { Operation } from '../public-data/gateway.ts'
import { NO_DATA, pageOf, refuse } from './answers.ts'
import { RECORDED } from './recorded-warnings.ts'

/** A row of getPwnCd. Times are numbers like 202609260800, and 0 is none. */
interface Row {
  tmFc: number
  tmSeq: number
  areaCode: string
  areaName: string
  warnVar: number
  warnStress: number
  command: string
  startTime: number
  endTime: number
  allEndTime: number
  cancel: string
}

const COMMANDS = { issued: '1', lifted: '2', extended: '3', changed: '7' } as const
const KIND_NAMES = '강풍 호우 한파 건조 폭풍해일 풍랑 태풍 대설 황사 안개 지진해일 폭염'.split(' ')
const LEVEL_NAMES = ['주의보', '경보']
const DAYS_MAX = 6

export const warningSchema = z.strictObject({
  areaCode: z.string().min(1),
  areaName: z.string().min(1),
  kind: z.enum(WARNING_KINDS),
  level: z.enum(WARNING_LEVELS).default('advisory'),
  command: z.enum(['issued', 'lifted', 'extended', 'changed']).default('issued'),
  issued_at: z.iso.datetime({ offset: true }).optional().meta({ description: 'now without it' }),
  starts_at: z.iso.datetime({ offset: true }).optional(),
  ends_at: z.iso.datetime({ offset: true }).optional(),
  cancel: z.boolean().default(false),
})

const numberOf = (at: Date) => Number(seoulDateTime(at).replaceAll(/\D/g, '').slice(0, 12))

export function createWarnings({ clock }: { clock: Clock }) {
  let rows = recorded()
  /** Which statement of what is in force stands, whatever the rows say. */
  let stated: string | null = null

  function add({ kind, level, command, ...of }: z.output<typeof warningSchema>): Row {
    const issued = of.issued_at ? new Date(of.issued_at) : clock.now()
    const [starts, ends] = [of.starts_at, of.ends_at].map((at) => (at === undefined ? undefined : numberOf(new Date(at))))
    const isLift = command === 'lifted'
    const row: Row = {
      tmFc: numberOf(issued),
      tmSeq: Math.max(0, ...rows.map(({ tmSeq }) => tmSeq)) + 1,
      areaCode: of.areaCode,
      areaName: of.areaName,
      warnVar: WARNING_KINDS.indexOf(kind) + 1,
      warnStress: WARNING_LEVELS.indexOf(level),
      command: COMMANDS[command],
      startTime: starts ?? (isLift ? 0 : numberOf(issued)),
      endTime: ends ?? (isLift ? numberOf(issued) : 0),
      allEndTime: 0,
      cancel: of.cancel ? '1' : '0',
    }
    rows.push(row)
    return row
  }

  /** The recorded day, as if it were today. */
  function replay() {
    const today = Number(seoulDate(clock.now()).replaceAll('-', ''))
    const moved = (time: number) => (time === 0 ? 0 : today * 10_000 + (time % 10_000))
    rows = recorded().map((row) => ({
      ...row,
      tmFc: moved(row.tmFc),
      startTime: moved(row.startTime),
      endTime: moved(row.endTime),
      allEndTime: moved(row.allEndTime),
    }))
  }

  const issuedBy = (now: number) => rows.filter(({ tmFc }) => tmFc <= now).toSorted((a, b) => a.tmFc - b.tmFc || a.tmSeq - b.tmSeq)

  function listCodes(query: Readonly<Record<string, string>>): object {
    const now = clock.now()
    const today = seoulDate(now)
    const earliest = seoulDate(new Date(fromSeoulDate(today).getTime() - DAYS_MAX * DAY_MS)).replaceAll('-', '')
    const { fromTmFc = today.replaceAll('-', ''), toTmFc = today.replaceAll('-', ''), areaCode, warningType } = query
    if (fromTmFc < earliest) return refuse('99', '최대 조회 기간은 오늘 기준으로 6일 전까지입니다.')
    const found = issuedBy(numberOf(now)).filter((row) => {
      const day = String(row.tmFc).slice(0, 8)
      if (areaCode && row.areaCode !== areaCode) return false
      return day >= fromTmFc && day <= toTmFc && (!warningType || row.warnVar === Number(warningType))
    })
    return found.length === 0
      ? NO_DATA
      : pageOf(
          found.map((row) => ({ ...row, stnId: '108' })),
          query,
        )
  }

  function tellStatus(query: Readonly<Record<string, string>>): object {
    const now = numberOf(clock.now())
    const issued = issuedBy(now)
    const last = issued.at(-1)
    const midnight = numberOf(fromSeoulDate(seoulDate(new Date(clock.now().getTime() - HOUR_MS))))
    const row = {
      other: 'o 없음\r\n\r\n',
      t6: stated ?? stateInForce(inForce(issued, now)),
      t7: 'o 없음',
      tmEf: String(last?.tmFc ?? midnight),
      tmFc: last?.tmFc ?? midnight,
      tmSeq: last?.tmSeq ?? 1,
    }
    return pageOf([row], query)
  }

  const operation = (name: string, answer: Operation['answer']): Operation => ({
    host: 'apis.data.go.kr',
    path: `/1360000/WthrWrnInfoService/${name}`,
    operation: name,
    format: 'dataType',
    quota: 10_000,
    answer,
  })

  return {
    operations: [operation('getPwnCd', listCodes), operation('getPwnStatus', tellStatus)],
    add,
    replay,
    list: (): readonly Row[] => rows,
    state: (text: string | null) => void (stated = text),
    clear() {
      rows = recorded()
      stated = null
    },
  }
}

/** The last row of a zone and kind says how it stands. */
function inForce(issued: readonly Row[], now: number): Row[] {
  const last = new Map(issued.map((row) => [`${row.areaCode} ${row.warnVar}`, row]))
  return [...last.values()].filter(({ command, startTime, endTime, cancel }) => {
    const isOver = command === COMMANDS.lifted && endTime <= now
    return startTime <= now && !isOver && cancel === '0'
  })
}

/** `o 호우경보 : 제주도산지, 제주시중산간`, a line for each kind and level. */
function stateInForce(rows: readonly Row[]): string {
  const lines = new Map<string, string[]>()
  for (const { warnVar, warnStress, areaName } of rows) {
    const head = `${KIND_NAMES[warnVar - 1]}${LEVEL_NAMES[warnStress]}`
    lines.set(head, [...(lines.get(head) ?? []), areaName])
  }
  return lines.size === 0 ? 'o 없 음' : [...lines].map(([head, zones]) => `o ${head} : ${zones.join(', ')}`).join('\r\n')
}

function recorded(): Row[] {
  return RECORDED.trim()
    .split('\n')
    .map((line) => {
      const [tmFc, tmSeq, areaCode, areaName, warnVar, warnStress, command, startTime, endTime, allEndTime, cancel] = line.split(' ')
      return {
        tmFc: Number(tmFc),
        tmSeq: Number(tmSeq),
        areaCode: areaCode!,
        areaName: areaName!,
        warnVar: Number(warnVar),
        warnStress: Number(warnStress),
        command: command!,
        startTime: Number(startTime),
        endTime: Number(endTime),
        allEndTime: Number(allEndTime),
        cancel: cancel!,
      }
    })
}
