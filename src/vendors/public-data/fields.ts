import { z } from 'zod'

/** A row of public data. Everything in it may be missing, a number or a text, and none of it is trusted. */
export type Row = Readonly<Record<string, unknown>>

const rowsSchema = z.array(z.record(z.string(), z.unknown()))

/** The rows of a page, or null when they are none. */
export function readRows(items: readonly unknown[]): readonly Row[] | null {
  return rowsSchema.safeParse(items).data ?? null
}

/** A text as Postgres can hold it. One row with a stray byte would take all others with it. */
export const toStorable = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()

/** A text without needless blanks, or null for one that says nothing. */
export function readText(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = toStorable(String(value))
  return text === '' || text === '-' ? null : text
}

/** A number above 0, also with commas in it. In public data 0 is a number that nobody has entered. */
export function readPositive(value: unknown): number | null {
  const text = readText(value)?.replaceAll(',', '') ?? ''
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  return number > 0 && Number.isFinite(number) ? number : null
}

const MOMENT = /^(\d{4})[-.]?(\d{2})[-.]?(\d{2})(?:[ T]?(\d{2}):?(\d{2}):?(\d{2})?(?:\.\d*)?)?$/

/** A date, written `2026-09-18`, `2026.09.18` or `20260918`, as the first of them. */
export function readDate(value: unknown): string | null {
  return readParts(value)?.date ?? null
}

/** A time in Korea, written `2026-09-18 22:18:00` or `20260918221800`, as an ISO instant. A date alone is its first second. */
export function readMoment(value: unknown): string | null {
  const parts = readParts(value)
  if (!parts) return null
  const at = new Date(`${parts.date}T00:00:00+09:00`)
  return new Date(at.getTime() + parts.seconds * 1_000).toISOString()
}

function readParts(value: unknown): { date: string; seconds: number } | null {
  const [, year, month, day, ...clock] = MOMENT.exec(readText(value) ?? '') ?? []
  if (year === undefined || month === undefined || day === undefined) return null
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const date = `${year}-${month}-${day}`
  // The 31st of February would become the 3rd of March.
  if (Number(year) < 1900 || at.toISOString().slice(0, 10) !== date) return null
  const [hour = 0, minute = 0, second = 0] = clock.map((text) => Number(text ?? 0))
  if (hour > 24 || minute > 59 || second > 59) return null
  return { date, seconds: (hour * 60 + minute) * 60 + second }
}

/** Area codes of two digits are Seoul's, and of four those of personal numbers. Numbers of eight digits such as 1588-0000 have none. */
const PHONE = /^(?:(02|0(?:50\d|[1-9]\d))(\d{3,4})(\d{4})|(1\d{3})(\d{4}))$/

/** Where a second number begins, or an extension. An area code may stand in brackets. */
const FURTHER = /[,/~;#]|내선|\((?!0)/

/** The first telephone number of a text, with hyphens. Null for one without an area code, because a mobile phone cannot dial it. */
export function readPhone(value: unknown): string | null {
  const [first = ''] = (readText(value) ?? '').split(FURTHER)
  const digits = first.replaceAll(/\D/g, '').replace(/^82(?=[1-9])/, '0')
  const parts = PHONE.exec(digits)?.slice(1).filter(Boolean)
  return parts ? parts.join('-') : null
}

/** `0067-0003` is the lot 67-3, `0067-0000` is 67, and `000-0` is none. */
const PADDED_LOT = /(?<=\s|^|산)(0\d*|\d+)(?:-(\d+))?(?=[\s,번(]|$)/g

export function readLotAddress(value: unknown): string | null {
  const text = readText(value)?.replaceAll(PADDED_LOT, (lot: string, main: string, sub?: string) => {
    if (sub === undefined && !main.startsWith('0')) return lot
    const [first, second] = [Number(main), Number(sub ?? 0)]
    return first === 0 ? '' : second === 0 ? String(first) : `${first}-${second}`
  })
  return readText(text)
}
