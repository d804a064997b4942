import { z } from 'zod'

/** Makes an id lower case in every path, query, body and message. iOS writes ids in upper case, and rooms, R2 folders and cursors compare ids as text. */
export const uuidSchema = z.uuid().toLowerCase()

export const latSchema = z.number().min(-90).max(90)
export const lngSchema = z.number().min(-180).max(180)

const DECIMAL = /^-?\d+(\.\d+)?$/

/** A number in a query. An empty text is no zero, and a hexadecimal one is no number of anybody's. */
export const numberIn = (schema: z.ZodNumber) =>
  z
    .string()
    .transform((text, context) => {
      const trimmed = text.trim()
      if (DECIMAL.test(trimmed)) return Number(trimmed)
      context.addIssue({ code: 'invalid_format', format: 'number', message: '숫자여야 해요' })
      return z.NEVER
    })
    .pipe(schema)
    .meta({
      type: schema.isInt ? 'integer' : 'number',
      ...(schema.minValue !== null && { minimum: schema.minValue }),
      ...(schema.maxValue !== null && { maximum: schema.maxValue }),
    })

export const latIn = numberIn(latSchema)
export const lngIn = numberIn(lngSchema)

/** A number with so many decimals. A phone's floats (8.399999618530273 for 8.4) are rounded. */
export const roundedTo = (decimals: number) =>
  z.number().overwrite((value) => {
    const rounded = Math.round(value * 10 ** decimals) / 10 ** decimals
    return Number.isFinite(rounded) ? rounded : value
  })

const FLOAT_NOISE = 1e-3
/** A whole number. A slider's 4999.9998 is rounded, and 4999.5 is refused. */
export const wholeNumber = z
  .number()
  .overwrite((value) => (Math.abs(value - Math.round(value)) < FLOAT_NOISE ? Math.round(value) : value))
  .int()

/** ISO 8601 with an offset. Without one, the local time of a phone would be read as UTC, nine hours off. Java omits seconds that are zero, and others omit the colon of an offset. */
const INSTANT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)$/

/** Epoch milliseconds, or NaN when the text is not an instant. */
export function parseInstant(text: string): number {
  // Date.parse takes 30 February for 2 March.
  if (!INSTANT.test(text) || (Number(text.slice(8, 10)) > 28 && !z.core.regexes.date.test(text.slice(0, 10)))) return Number.NaN
  const isPlain = text.endsWith('Z') || text.at(-3) === ':'
  return Date.parse(isPlain ? text : text.replace(/([+-]\d\d)(\d\d)?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`))
}

/** Normalised to UTC, so that one instant has one spelling. */
export const instantSchema = z
  .stringFormat('date-time', (text) => !Number.isNaN(parseInstant(text)), { error: '시간대가 있는 ISO 8601 시각이에요', abort: true })
  .overwrite((text) => new Date(parseInstant(text)).toISOString())
  .meta({ format: 'date-time' })

/** A field that may be left out of a body that creates or logs in. Null means the same, because generated clients send null for what they lack. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional()
}

/** An optional field that has a value when it is left out. */
export function withDefault<T extends z.ZodType>(schema: T, value: z.output<T>) {
  return schema
    .nullable()
    .optional()
    .transform((given) => given ?? value)
    .meta({ default: value })
}

/** One of several forms, each an object. Null for a field of another form means absent, because generated clients have one class for all forms. */
export function oneOf<const T extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(forms: T, error?: string) {
  return z.preprocess(withoutNulls, z.union(forms, error))
}

/** Without the keys whose value is null, which generated clients send for what they lack. */
export function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null))
}
