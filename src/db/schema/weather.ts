import { boolean, date, doublePrecision, index, integer, jsonb, pgEnum, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { PRECIPITATIONS, SKIES, WARNING_KINDS, WARNING_LEVELS } from '../../core/weather.ts'
import { geographyPoint, timestamptz } from './columns.ts'
import { regions } from './regions.ts'

export const precipitation = pgEnum('precipitation', PRECIPITATIONS)
export const sky = pgEnum('sky', SKIES)
export const warningKind = pgEnum('warning_kind', WARNING_KINDS)
export const warningLevel = pgEnum('warning_level', WARNING_LEVELS)

const cell = () => ({ nx: smallint().notNull(), ny: smallint().notNull() })

/** Observations, kept for 35 days. Walks read their weather here. */
export const weatherHours = pgTable(
  'weather_hours',
  {
    ...cell(),
    hour: timestamptz().notNull(),
    temp: doublePrecision().notNull(),
    humidity: doublePrecision(),
    rn1: doublePrecision(),
    pty: precipitation(),
    wind_ms: doublePrecision(),
    sky: sky(),
    is_final: boolean().notNull(),
    fetched_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'weather_hours_pkey', columns: [table.nx, table.ny, table.hour] }),
    index('weather_hours_hour').on(table.hour),
  ],
)

/** A cell that somebody has asked for, or has walked in. */
export const weatherCells = pgTable(
  'weather_cells',
  {
    ...cell(),
    wanted_at: timestamptz().notNull(),
    wants: integer().notNull().default(1),
    next_read_at: timestamptz().notNull(),
    latest: jsonb(),
    pm10_station: text(),
    pm25_station: text(),
  },
  (table) => [primaryKey({ name: 'weather_cells_pkey', columns: [table.nx, table.ny] }), index('weather_cells_wanted').on(table.wanted_at)],
)

/** What was last read of a source, when the job reads it next, and until when nobody asks it. */
export const weatherSources = pgTable('weather_sources', {
  source: text().primaryKey(),
  read_at: timestamptz(),
  next_read_at: timestamptz(),
  mark: text(),
  failures: integer().notNull().default(0),
  closed_until: timestamptz(),
  asked: integer().notNull().default(0),
  asked_on: date({ mode: 'string' }),
})

export const airStations = pgTable('air_stations', {
  code: text().primaryKey(),
  name: text().notNull(),
  sido: text().notNull(),
  network: text(),
  location: geographyPoint(),
  pm10: integer(),
  pm10_at: timestamptz(),
  pm25: integer(),
  pm25_at: timestamptz(),
  seen_at: timestamptz().notNull(),
})

export const warningZones = pgTable('warning_zones', {
  code: text().primaryKey(),
  name: text().notNull(),
  sido: text().notNull(),
  sigungu_codes: text().array().notNull(),
})

/** What is in force or announced, and what was lifted. */
export const warningsInForce = pgTable(
  'warnings_in_force',
  {
    area_code: text().notNull(),
    kind: warningKind().notNull(),
    area_name: text().notNull(),
    level: warningLevel().notNull(),
    started_at: timestamptz().notNull(),
    ends_at: timestamptz(),
    issued_at: timestamptz().notNull(),
    seq: integer().notNull(),
    is_lifted: boolean().notNull().default(false),
  },
  (table) => [primaryKey({ name: 'warnings_in_force_pkey', columns: [table.area_code, table.kind] })],
)

export const uvIndices = pgTable('uv_indices', {
  region_code: text()
    .primaryKey()
    .references(() => regions.code, { onDelete: 'cascade' }),
  issued_at: timestamptz().notNull(),
  steps: smallint().array().notNull(),
})
