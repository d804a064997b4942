import { z } from 'zod'
import { PRECIPITATIONS, SKIES } from '../../../core/weather.ts'

/** Our own copies, and no part of the interface. Their instants are ISO in UTC. */
const instant = z.string()
const number = z.number().nullable()
const precipitation = z.enum(PRECIPITATIONS).nullable()
const sky = z.enum(SKIES).nullable()
const amount = z.object({ min: z.number(), max: number }).nullable()

const observationSchema = z.object({
  hour: instant,
  temp: z.number(),
  humidity: number,
  rn1: number,
  pty: precipitation,
  wind_ms: number,
})

const forecastHourSchema = z.object({
  at: instant,
  temp: number,
  humidity: number,
  pty: precipitation,
  sky,
  wind_ms: number,
  pop: number,
  rain_mm: amount,
  snow_cm: amount,
  lightning: number,
})

/** What was read of one product. `base` is null when none of its bases had appeared. */
const readingOf = <T extends z.ZodType>(value: T) =>
  z.object({ base: instant.nullable(), read_at: instant, fresh_until: instant, value }).nullable()

/** What is known of the weather of a cell, each part as it was last read. A part that has never been read is null. */
export const cellWeatherSchema = z.object({
  fetched_at: instant,
  fresh_until: instant,
  /** The value is null where nothing is measured, such as at sea. */
  observation: readingOf(observationSchema.nullable()),
  hours: readingOf(z.array(forecastHourSchema)),
  days: readingOf(z.array(forecastHourSchema)),
  extremes: z.array(z.object({ date: z.string(), min: number, max: number })),
})
export type CellWeather = z.infer<typeof cellWeatherSchema>

const cellSchema = z.object({ nx: z.int(), ny: z.int() })

/** The payload of the job. */
export const readCellsSchema = z.object({ cells: z.array(cellSchema) })
export type ReadCells = z.infer<typeof readCellsSchema>
