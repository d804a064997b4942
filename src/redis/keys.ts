/** Every key there is, with how long it lives. Redis holds copies and marks only: losing it costs time, never data. */
export const keys = {
  /** The region at a coordinate rounded to about 100 m. Regions hardly ever move. */
  region: (lat: number, lng: number) => ({ key: `region:${lat.toFixed(3)},${lng.toFixed(3)}`, ttlSec: 30 * 86_400 }),
  /** That this attempt to push a notification to a device has begun, for whoever takes over from a consumer that died. */
  pushBegun: (notificationId: string, attempt: number, deviceHash: string) => ({
    key: `push:${notificationId}:${attempt}:${deviceHash}`,
    ttlSec: 86_400,
  }),
} as const
