/** What falls, in the order of KMA's codes (PTY): `PRECIPITATIONS[5]` is drizzle. */
export const PRECIPITATIONS = ['none', 'rain', 'rain_snow', 'snow', 'shower', 'drizzle', 'drizzle_snow', 'flurry'] as const
export type Precipitation = (typeof PRECIPITATIONS)[number]

/** KMA's codes (SKY) are 1, 3 and 4. Code 2 was withdrawn and counts as 3. */
export const SKIES = ['clear', 'mostly_cloudy', 'overcast'] as const
export type Sky = (typeof SKIES)[number]

/** What was measured in a cell at a full hour. What is missing is null and never 0. */
export interface Observation {
  /** The full hour, as an ISO instant in UTC. */
  readonly hour: string
  /** °C. An observation without it is none at all. */
  readonly temp: number
  /** Percent. */
  readonly humidity: number | null
  /** Millimetres in the last hour. */
  readonly rn1: number | null
  readonly pty: Precipitation | null
  readonly wind_ms: number | null
}

/** An amount as KMA gives it: exact, or a band. `max` is null where the band is open. */
export interface Amount {
  readonly min: number
  readonly max: number | null
}

/** What is expected in a cell at a full hour. */
export interface ForecastHour {
  /** The full hour, as an ISO instant in UTC. */
  readonly at: string
  readonly temp: number | null
  readonly humidity: number | null
  readonly pty: Precipitation | null
  readonly sky: Sky | null
  readonly wind_ms: number | null
  /** The probability of precipitation, in percent. */
  readonly pop: number | null
  /** Millimetres in the hour. */
  readonly rain_mm: Amount | null
  /** Centimetres in the hour. */
  readonly snow_cm: Amount | null
  /** The energy of lightning. 0 is none. Only the forecast of the next six hours has it. */
  readonly lightning: number | null
}

/** The lowest and highest temperature of a Seoul day (`YYYY-MM-DD`), as far as they are announced. */
export interface DayExtremes {
  readonly date: string
  readonly min: number | null
  readonly max: number | null
}

/** Particles in micrograms a cubic metre, each with the hour of its measurement. */
export interface AirReading {
  readonly station_code: string | null
  readonly station: string
  readonly sido: string
  /** `도시대기`, `도로변대기`, … */
  readonly network: string | null
  /** An ISO instant. */
  readonly measured_at: string
  readonly pm10: number | null
  readonly pm25: number | null
}

export const WARNING_KINDS = [
  'strong_wind',
  'heavy_rain',
  'cold_wave',
  'dry',
  'storm_surge',
  'high_seas',
  'typhoon',
  'heavy_snow',
  'yellow_dust',
  'fog',
  'tsunami',
  'heat_wave',
] as const
export type WarningKind = (typeof WARNING_KINDS)[number]

/** 주의보 and 경보. */
export const WARNING_LEVELS = ['advisory', 'warning'] as const
export type WarningLevel = (typeof WARNING_LEVELS)[number]
