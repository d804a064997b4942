import { expect, it } from 'vitest'
import { addNoise } from '../../dev/track-changes.ts'
import { makeWalk } from '../../dev/tracks.ts'
import { createTestDeps } from '../support/api.ts'
import { fingerprintDeviation } from '../support/fingerprint.ts'
import { measure } from '../support/tracks.ts'

it('fingerprints are compared by the database as they are here', async () => {
  const { db } = createTestDeps()
  for (let seed = 1; seed <= 10; seed++) {
    const { track } = makeWalk(seed)
    const [a, b] = [measure(track).fingerprint!, measure(addNoise(track, seed, { white_m: 6 })).fingerprint!]
    const { rows } = await db.execute<{ median_m: number; p90_m: number }>(
      `SELECT median_m, p90_m FROM fingerprint_deviation('{${a.join(',')}}', '{${b.join(',')}}')`,
    )
    const { median_m, p90_m } = fingerprintDeviation(a, b)
    expect(rows[0]?.median_m).toBeCloseTo(median_m, 2)
    expect(rows[0]?.p90_m).toBeCloseTo(p90_m, 2)
  }
})
