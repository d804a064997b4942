const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i

/** Epoch milliseconds, or NaN. A time without an offset is taken for Korea's, because that is where whoever wrote it most likely was. */
export function parseTime(text: string): number {
  const parts = TIME.exec(text.trim())
  if (!parts) return Number.NaN
  const [, day = '', time = '', offset = '+09:00'] = parts
  const whole = /^[+-]\d\d$/.test(offset) ? `${offset}:00` : offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')
  return Date.parse(`${day}T${time.replace(',', '.')}${whole.toUpperCase()}`)
}

/** A decimal number and nothing else, or NaN. */
export function parseNumber(text: string | undefined): number {
  const trimmed = text?.trim() ?? ''
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN
}
