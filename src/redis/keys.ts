/** Every key, with its lifetime. Redis holds copies and marks only, so losing it costs time and never data. */
export const keys = {
  /** The region at a coordinate rounded to about 100 m. Regions hardly ever move. */
  region: (lat: number, lng: number) => ({ key: `region:${lat.toFixed(3)},${lng.toFixed(3)}`, ttlSec: 30 * 86_400 }),
  /** A page of places that Kakao found, by what was asked for and about where. */
  kakaoSearch: (requestHash: string) => ({ key: `kakao:search:${requestHash}`, ttlSec: 3_600 }),
  /** A place that Kakao found. */
  kakaoPlace: (id: string) => ({ key: `kakao:place:${id}`, ttlSec: 3_600 }),
  /** Marks that this attempt to push a notification to a device has begun, for the consumer that takes over when one dies. */
  pushBegun: (notificationId: string, attempt: number, deviceHash: string) => ({
    key: `push:${notificationId}:${attempt}:${deviceHash}`,
    ttlSec: 86_400,
  }),
  /** Who a provider said that somebody is, sealed, by the session and the request of a login that Postgres did not take. The provider says it once. */
  redeemedGrant: (sessionId: string, requestHash: string) => ({ key: `grant:${sessionId}:${requestHash}`, ttlSec: 60 }),
  /** All that is known of a cell's weather (`CellWeather`). Postgres has the same in `weather_cells.latest`. */
  weather: (nx: number, ny: number) => ({ key: `weather:${nx}:${ny}`, ttlSec: 6 * 3_600 }),
  /** Marks that somebody asks KMA for a cell. */
  weatherLock: (nx: number, ny: number) => ({ key: `lock:weather:${nx}:${ny}`, ttlSec: 10 }),
  /** Marks that somebody has asked AirKorea. It stays after a failure, because an account has 500 calls a day. */
  airLock: () => ({ key: 'lock:air', ttlSec: 300 }),
} as const
