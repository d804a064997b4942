import { z } from 'zod'

/** Lower case in every path, query, body and message, because iOS writes upper case and ids name rooms, R2 folders and cursors as text. */
export const uuidSchema = z.uuid().toLowerCase()

export const latSchema = z.number().min(-90).max(90)
export const lngSchema = z.number().min(-180).max(180)

/** ISO 8601 with an offset: what a phone calls local time would be read as UTC, nine hours off. Java omits seconds that are zero, others the colon of an offset. */
const INSTANT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)$/

/** Epoch milliseconds; NaN where the text is not an instant. */
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

/** The schema or null. A union where the schema is a component of the OpenAPI document, which would otherwise become nullable itself. */
function orNull<T extends z.ZodType>(schema: T): z.ZodType<z.output<T> | null, z.input<T> | null> {
  return schema.meta()?.id === undefined ? schema.nullable() : z.union([schema, z.null()])
}

/** A field that may be left out of a body that creates or logs in. Null means the same, because generated clients send null for what they lack. */
export function optional<T extends z.ZodType>(schema: T) {
  return orNull(schema)
    .optional()
    .transform((value) => value ?? undefined)
}
