import { z } from 'zod'
import { seoulDateTime } from '../../../src/core/time.ts'
import type { Clock } from '../clock.ts'
import { createHost, readControl, Refusal } from '../vendor.ts'
import type { Operation, Provider } from './gateway.ts'
import { toLicenceMap } from './licence-map.ts'
import { LICENCE_KINDS, type Licensed, type LicenceKind, type LicenceRow, makeLicences, statusOf } from './register.ts'
import type { Snapshots } from './snapshots.ts'

/** What the ministry gives at once, whatever it is asked for. */
const ROWS_MAX = 100

const licenceSchema = z
  .object({
    kind: z.enum(LICENCE_KINDS).default('animal_hospitals'),
    key: z.string().regex(/^\d*:\S+$/),
    lat: z.number().optional(),
    lng: z.number().optional(),
  })
  .catchall(z.string())
type LicenceChange = z.output<typeof licenceSchema>

/** The registers of the Ministry of the Interior. https://www.data.go.kr/data/15154952/openapi.do */
export function createLicences({ clock, snapshots }: { clock: Clock; snapshots: Snapshots }) {
  const registers = new Map<LicenceKind, Licensed[]>()
  const registerOf = (kind: LicenceKind) => {
    const register = registers.get(kind) ?? makeLicences(kind)
    registers.set(kind, register)
    return register
  }

  const operationOf = (kind: LicenceKind): Operation => ({
    host: 'apis.data.go.kr',
    path: `/1741000/${kind}/info`,
    operation: kind,
    format: 'returnType',
    quota: 10_000,
    answer(query) {
      const conditions = Object.entries(query).flatMap(([name, value]) => {
        const [, field, operator] = /^cond\[(\w+)::(\w+)\]$/.exec(name) ?? []
        return field && operator ? [{ field, operator, value }] : []
      })
      if (conditions.some(({ field, operator }) => !CONDITIONS[field]?.includes(operator))) return refused('-2', '잘못된 파라미터')
      const [page, asked] = [readCount(query.pageNo, 1), readCount(query.numOfRows, 10)]
      if (page === null || asked === null) return refused('-4', '잘못된 파라미터')
      const size = Math.min(ROWS_MAX, asked)
      const all = registerOf(kind).map(({ row }) => row)
      const { rows, total } = snapshots.of(
        kind,
        all.filter((row) => conditions.every((condition) => fits(row, condition))),
      )
      const item = rows.slice((page - 1) * size, page * size)
      return {
        response: {
          header: { resultCode: '0', resultMsg: '정상' },
          body: { dataType: 'JSON', numOfRows: size, pageNo: page, totalCount: total, items: item.length > 0 ? { item } : '' },
        },
      }
    },
  })

  /** Changes a row, or adds one. Like a change at the municipality it is dated now. */
  function change({ kind, key, lat, lng, ...fields }: LicenceChange): LicenceRow {
    const register = registerOf(kind)
    const [group = '', number = ''] = key.split(':')
    const known = register.find(({ row }) => row.MNG_NO === number && row.OPN_ATMY_GRP_CD === group)
    if (!known && !fields.BPLC_NM) throw new Refusal(422, { error: 'no such licence, and none can be made without BPLC_NM' })
    const at = lat !== undefined && lng !== undefined ? { lat, lng } : (known?.at ?? { lat: 37.5665, lng: 126.978 })
    const { x, y } = toLicenceMap(at)
    const isPlaced = !known || (lat !== undefined && lng !== undefined)
    const status = fields.SALS_STTS_CD ?? (known ? undefined : '01')
    const row: LicenceRow = {
      ...(known ? known.row : { ...NEW_ROW, MNG_NO: number, OPN_ATMY_GRP_CD: group, LCPMT_YMD: seoulDateTime(clock.now()).slice(0, 10) }),
      ...(isPlaced && { CRD_INFO_X: String(x), CRD_INFO_Y: String(y) }),
      ...(status !== undefined && statusOf(status)),
      DAT_UPDT_SE: known ? 'U' : 'I',
      DAT_UPDT_PNT: seoulDateTime(clock.now()).replace('T', ' '),
      ...fields,
    }
    if (known) Object.assign(known, { row, at })
    else register.push({ row, at })
    return row
  }

  const control = createHost()
  control.post('/places/licences', async (c) => c.json(change(await readControl(c, licenceSchema))))
  control.get('/places/licences', (c) => {
    const kind = LICENCE_KINDS.find((it) => it === c.req.query('kind')) ?? 'animal_hospitals'
    return c.json({ licences: registerOf(kind).map(({ row, at }) => ({ key: `${row.OPN_ATMY_GRP_CD}:${row.MNG_NO}`, at, ...row })) })
  })
  return { operations: LICENCE_KINDS.map(operationOf), control, reset: () => registers.clear(), registerOf } satisfies Provider & {
    registerOf: unknown
  }
}

const NEW_ROW: LicenceRow = {
  TELNO: '',
  ROAD_NM_ADDR: '',
  LOTNO_ADDR: '',
  ROAD_NM_ZIP: '',
  LOTNO_ZIP: '',
  DTL_SALS_STTS_CD: '0000',
  DTL_SALS_STTS_NM: '정상',
  CLSBIZ_YMD: '',
  TCBIZ_BGNG_YMD: '',
  TCBIZ_END_YMD: '',
  LCTN_AREA: '',
  RGHT_MNBD_SN: '',
}

const CONDITIONS: Readonly<Record<string, readonly string[]>> = {
  SALS_STTS_CD: ['EQ'],
  OPN_ATMY_GRP_CD: ['EQ'],
  BPLC_NM: ['LIKE'],
  ROAD_NM_ADDR: ['LIKE'],
  LCPMT_YMD: ['GTE', 'LT'],
  LAST_MDFCN_PNT: ['GTE', 'LT'],
  DAT_UPDT_PNT: ['GTE', 'LT'],
}

function fits(row: LicenceRow, { field, operator, value }: { field: string; operator: string; value: string }): boolean {
  const text = row[field] ?? ''
  if (operator === 'EQ') return text === value
  if (operator === 'LIKE') return text.includes(value)
  // Times are written in two ways, and compared by their digits.
  const [have, limit] = [text, value].map((it) => it.replaceAll(/\D/g, '').padEnd(14, '0')) as [string, string]
  return operator === 'GTE' ? have >= limit : have < limit
}

function readCount(text: string | undefined, otherwise: number): number | null {
  if (text === undefined || text === '') return otherwise
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null
}

const refused = (resultCode: string, resultMsg: string) => ({ response: { header: { resultCode, resultMsg } } })
