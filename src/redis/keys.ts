/** Every key there is, with how long it lives. Redis holds copies only: losing it costs time, never data. */
export const keys = {
  /** The region at a coordinate rounded to about 100 m. Regions hardly ever move. */
  region: (lat: number, lng: number) => ({ key: `region:${lat.toFixed(3)},${lng.toFixed(3)}`, ttlSec: 30 * 86_400 }),
} as const
