import { describe, expect, it } from 'vitest'
import places from '../../../seeds/places.tsv?raw'
import { createTestDeps } from '../../support/api.ts'
import {
  changeWalk,
  daysBefore,
  type EarlierWalk,
  giveDailyWalks,
  givePremium,
  giveWalks,
  heldBy,
  range,
  seoul,
  syncFrom,
  walkFrom,
} from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'
import { catalogue, type CatalogueBadge } from './catalogue.ts'

type Owner = Awaited<ReturnType<typeof signUp>>
interface Try {
  readonly owner: Owner
  readonly pet: string
  readonly badge: CatalogueBadge
}
/** How a person comes to stand one below a badge's threshold, what they hold then, and what the last step gave them. */
type Recipe = (of: Try) => Promise<{ below: string[]; gained: string[] }>

const NOON = seoul('2026-11-18 12:00:00')
const LATER = seoul('2026-11-18 18:00:00')
const LAST = seoul('2026-11-18 21:00:00')
const elsewhere = (i: number) => ({ lat: 35.9 + i * 0.006, lng: 128.2 })

/** The row of a walk that changes nothing more, as a moment at which badges are given. */
async function settle(owner: Owner, walkId: string, at = LAST): Promise<string[]> {
  await changeWalk(owner, walkId, {}, at)
  return heldBy(owner)
}

/** What walks add up to: the first through the door, then rows up to one below, then one more through the door. */
function sumOf(
  figure: 'distance_m' | 'duration_sec',
  [first, last]: readonly [Date, Date] = [NOON, LATER],
  day = daysBefore(first, 1),
): Recipe {
  return async ({ owner, pet, badge }) => {
    const { id, json, now } = await walkFrom(owner, [pet], first)
    await giveWalks(owner, [{ started_at: day, [figure]: badge.threshold - json.walk[figure] - 1 }])
    return { below: await settle(owner, id, now), gained: (await walkFrom(owner, [pet], last)).codes }
  }
}

/** A walk at one moment counts for nothing, a walk at another does. */
const at =
  (below: string, then: string, birthDate?: string): Recipe =>
  async ({ owner }) => {
    const pet = await addPet(owner, { birth_date: birthDate })
    await walkFrom(owner, [pet], seoul(below))
    return { below: await heldBy(owner), gained: (await walkFrom(owner, [pet], seoul(then))).codes }
  }

const inWeather =
  (below: string, then: string, day = '2026-11-18'): Recipe =>
  async ({ owner, pet }) => {
    await walkFrom(owner, [pet], seoul(`${day} 12:00:00`), { weather: { pty: below } })
    return {
      below: await heldBy(owner),
      gained: (await walkFrom(owner, [pet], seoul(`${day} 18:00:00`), { weather: { pty: then } })).codes,
    }
  }

const known = places
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([code, kind, , lat, lng]) => ({ code, kind, lat: Number(lat), lng: Number(lng) }))
const middles = (kind: string) => known.filter((place) => place.kind === kind)

/** Walks at known places of the seeds, a day each; the last one through the door. */
const visiting =
  (day: string, visits: readonly { lat: number; lng: number }[]): Recipe =>
  async ({ owner, pet }) => {
    const rows: EarlierWalk[] = visits
      .slice(0, -1)
      .map(({ lat, lng }, i) => ({ started_at: daysBefore(seoul(`${day} 12:00:00`), 1 + i), lat, lng }))
    const [id] = await giveWalks(owner, rows)
    return {
      below: await settle(owner, id!),
      gained: (await walkFrom(owner, [pet], seoul(`${day} 12:00:00`), { origin: visits.at(-1)! })).codes,
    }
  }
const parks = middles('park')
const beaches = middles('beach')
const mountains = middles('mountain')

const recipes: Record<string, Recipe> = {
  walk_count: async ({ owner, pet }) => {
    // Too short to be a walk.
    await walkFrom(owner, [pet], NOON, { length_m: 120 })
    return { below: await heldBy(owner), gained: (await walkFrom(owner, [pet], LATER)).codes }
  },
  distance_m: sumOf('distance_m'),
  duration_sec: sumOf('duration_sec'),
  longest_walk_m: async ({ owner, pet, badge }) => {
    await giveWalks(owner, [{ started_at: daysBefore(NOON, 1), distance_m: badge.threshold - 1 }])
    await walkFrom(owner, [pet], NOON)
    return { below: await heldBy(owner), gained: (await walkFrom(owner, [pet], LATER, { length_m: 10_800, pace_mps: 1.4 })).codes }
  },
  streak_days: async ({ owner, pet, badge }) => {
    // A day is missing in the middle of what would be one day too few, and comes late.
    await giveDailyWalks(owner, NOON, range(2, badge.threshold - 2))
    await walkFrom(owner, [pet], NOON)
    await syncFrom(owner, pet, daysBefore(NOON, 1), LATER)
    const below = await heldBy(owner)
    await giveDailyWalks(owner, NOON, [badge.threshold - 1])
    return { below, gained: (await walkFrom(owner, [pet], LAST)).codes }
  },
  unique_places: async ({ owner, pet, badge }) => {
    await giveWalks(
      owner,
      range(1, badge.threshold - 2).map((i) => ({ started_at: daysBefore(NOON, i), ...elsewhere(i) })),
    )
    await walkFrom(owner, [pet], NOON, { origin: elsewhere(-1) })
    // From the same door again.
    await walkFrom(owner, [pet], LATER, { origin: elsewhere(-1) })
    return { below: await heldBy(owner), gained: (await walkFrom(owner, [pet], LAST, { origin: elsewhere(-2) })).codes }
  },
  // A closed week that was won, as the ranking will write it.
  weekly_dong_wins: async ({ owner, pet }) => {
    await walkFrom(owner, [pet], NOON)
    const below = await heldBy(owner)
    await createTestDeps().db.execute(
      `INSERT INTO weekly_dong_wins (user_id, monday, region_code) SELECT '${owner.user.user_id}', '2026-11-09', code FROM regions LIMIT 1`,
    )
    return { below, gained: (await walkFrom(owner, [pet], LATER)).codes }
  },
  early_bird_walks: at('2026-11-18 06:00:00', '2026-11-19 05:59:59'),
  night_owl_walks: at('2026-11-18 21:59:59', '2026-11-19 22:00:00'),
  // The weather of a walk's start, as the server will read it then: KMA's pty.
  rain_walks: inWeather('0', '1'),
  snow_walks: inWeather('1', '3'),
  new_year_walks: at('2026-12-31 23:00:00', '2027-01-01 12:00:00'),
  birthday_walks: at('2026-11-17 12:00:00', '2026-11-18 12:00:00', '2020-11-18'),
  // Photos of a walk, as their upload will count them.
  walk_photos: async ({ owner, pet, badge }) => {
    const { id } = await walkFrom(owner, [pet], NOON)
    await changeWalk(owner, id, { photo_count: badge.threshold - 1 }, LATER)
    const below = await heldBy(owner)
    await changeWalk(owner, id, { photo_count: badge.threshold }, LATER)
    return { below, gained: await heldBy(owner) }
  },
  // Who walked along, as a live room will write it down.
  together_walks: async ({ owner, pet, badge }) => {
    const company = { together_with: `{${crypto.randomUUID()}}` }
    const earlier = await giveDailyWalks(owner, NOON, range(1, badge.threshold - 1))
    for (const id of earlier) await changeWalk(owner, id, company, LATER)
    const { id } = await walkFrom(owner, [pet], NOON)
    const below = await heldBy(owner)
    await changeWalk(owner, id, company, LATER)
    return { below, gained: await heldBy(owner) }
  },
  season_parks: visiting('2027-04-20', [parks[0]!, parks[1]!, parks[0]!, parks[25]!, parks[40]!, beaches[0]!, mountains[0]!, parks[30]!]),
  season_beach_walks: visiting('2027-07-20', [beaches[0]!, beaches[0]!, parks[0]!, beaches[20]!]),
  season_nature_places: visiting('2026-10-20', [
    parks[0]!,
    mountains[0]!,
    mountains[0]!,
    parks[26]!,
    mountains[20]!,
    beaches[1]!,
    mountains[10]!,
  ]),
  season_snow_walks: inWeather('1', '3', '2027-01-15'),
}

/** A season's metric is the same for each season that has it, but its days are its own. */
const ofSeason: Record<string, Recipe> = {
  ...Object.fromEntries(
    (
      [
        ['season_spring_m', '2027-03-01', '2027-05-31', '2027-02-28'],
        ['season_summer_m', '2027-06-01', '2027-08-31', '2027-05-31'],
        ['season_autumn_m', '2026-09-01', '2026-11-30', '2026-08-31'],
        ['season_winter_m', '2026-12-01', '2027-02-28', '2026-11-30'],
      ] as const
    ).map(([code, from, until, before]): [string, Recipe] => [
      code,
      async (of) => {
        // The day before the season counts for nothing.
        await giveWalks(of.owner, [{ started_at: seoul(`${before} 23:59:58`), distance_m: 90_000 }])
        return sumOf('distance_m', [seoul(`${until} 12:00:00`), seoul(`${until} 23:59:30`)], seoul(`${from} 00:00:00`))(of)
      },
    ]),
  ),
  season_xmas: at('2026-12-24 23:00:00', '2026-12-25 12:00:00'),
}

describe('every badge of the catalogue is earned at its threshold, and not one below', () => {
  it.each(catalogue.map((badge) => [badge.code, badge] as const))('%s', async (code, badge) => {
    const owner = await signUp()
    await givePremium(owner, seoul('2026-01-01 00:00:00'), seoul('2028-01-01 00:00:00'))
    const recipe = ofSeason[code] ?? recipes[badge.metric]
    const { below, gained } = await recipe!({ owner, pet: await addPet(owner), badge })
    expect(below.map((held) => held.split(' ')[0])).not.toContain(code)
    expect(gained).toContain(code)
  })
})

it('the catalogue is 47 badges in 6 categories, 36 of them free', () => {
  expect(catalogue).toHaveLength(47)
  expect(new Set(catalogue.map(({ code }) => code)).size).toBe(47)
  expect(new Set(catalogue.map(({ category }) => category)).size).toBe(6)
  expect(catalogue.filter(({ tier }) => tier === 'free')).toHaveLength(36)
})
