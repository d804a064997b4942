import { sql } from 'drizzle-orm'
import type { Deps } from '../../../src/deps.ts'
import { placeOfLicence } from '../../../src/core/korean-tm.ts'
import type { CityPark } from '../../../src/vendors/public-data/city-parks.ts'
import type { Licence, LicencePageOptions } from '../../../src/vendors/public-data/licences.ts'
import type { PublicDataFailure } from '../../../src/vendors/public-data/outcome.ts'
import { createTestDeps } from '../../support/api.ts'

/** A Monday and the Sunday after it, at the time of the nightly cron. */
export const MONDAY = new Date('2026-11-29T19:03:00Z')
export const SUNDAY = new Date('2026-12-05T19:03:00Z')
export const daysAfter = (at: Date, days: number) => new Date(at.getTime() + days * 86_400_000)

let number = 0

/** A licence far from others: each lies 1 km east of the one before, in the sea south of Jeju. */
export function licence(more: Partial<Licence> & { x?: string; y?: string } = {}): Licence {
  const n = number++
  const { x, y, ...rest } = more
  return {
    key: `6500000:${crypto.randomUUID()}`,
    name: `병원${n}`,
    status: 'open',
    phone: '064-000-0000',
    road_address: `제주특별자치도 제주시 시험로 ${n + 1} (연동)`,
    lot_address: null,
    location: x && y ? placeOfLicence(x, y) : { lat: 32.95 + Math.floor(n / 100) * 0.01, lng: 125 + (n % 100) * 0.011 },
    x_text: x ?? '1',
    y_text: y ?? '1',
    licensed_on: '2020-01-02',
    closed_on: null,
    updated_at: '2026-11-01T00:00:00.000Z',
    ...rest,
  }
}

export function park(more: Partial<CityPark> = {}): CityPark {
  const n = number++
  return {
    key: `park-${crypto.randomUUID()}`,
    name: `시험공원${n}`,
    kind: '근린공원',
    road_address: null,
    lot_address: '제주특별자치도 제주시 연동 1',
    location: { lat: 32.9 + Math.floor(n / 100) * 0.01, lng: 124.6 + (n % 100) * 0.011 },
    phone: null,
    area_m2: 1_000,
    updated_on: '2026-10-01',
    ...more,
  }
}

export interface Asked extends LicencePageOptions {
  readonly kind: string
}

export const DOWN: PublicDataFailure = { outcome: 'failed', reason: 'unavailable', code: null }

/** Registers that a test holds in its hand. */
export function registers() {
  const state = {
    hospitals: [] as Licence[],
    parks: [] as CityPark[],
    parks_a_page: 1_000,
    asked: [] as Asked[],
    /** What a page answers in place of its rows. */
    failing: new Map<number, PublicDataFailure>(),
    /** Pages that answer with the rows of another. */
    repeating: new Map<number, number>(),
    /** Says that there are so many, whatever comes. */
    total: null as number | null,
    /** Runs before each answer. */
    before: async (_page: number) => {},
  }
  const pageOf = <T>(all: readonly T[], page: number, size: number) => {
    const at = (state.repeating.get(page) ?? page) - 1
    return { rows: all.slice(at * size, (at + 1) * size), total: state.total ?? all.length, is_total_stated: true, refused: 0 }
  }
  const deps: Pick<Deps, 'licences' | 'cityParks'> = {
    licences: {
      async listPage(kind, options) {
        state.asked.push({ kind, ...options })
        await state.before(options.page)
        const failure = state.failing.get(options.page)
        if (failure) return failure
        const since = options.changed_since?.toISOString() ?? ''
        const all = kind === 'animal_hospitals' ? state.hospitals.filter(({ updated_at }) => (updated_at ?? '') >= since) : []
        return all.length === 0 && since ? { outcome: 'nothing' } : { outcome: 'answered', value: pageOf(all, options.page, 100) }
      },
    },
    cityParks: {
      async listPage(page) {
        state.asked.push({ kind: 'parks', page })
        const failure = state.failing.get(page)
        return failure ?? { outcome: 'answered', value: pageOf(state.parks, page, state.parks_a_page) }
      },
    },
  }
  return Object.assign(state, { deps: createTestDeps(deps) })
}

const { db } = createTestDeps()

/** As before the first import. */
export async function forgetImports(): Promise<void> {
  await db.execute(sql`DELETE FROM places WHERE source <> 'seed'`)
  await db.execute(sql`DELETE FROM place_imports`)
}

export interface KeptPlace {
  readonly id: string
  readonly name: string
  readonly is_open: boolean
  readonly duplicate_of: string | null
  readonly kind: string
  readonly is_riverside: boolean
  readonly is_geocoded: boolean
  readonly counts_for_badges: boolean
  readonly region_code: string | null
  readonly lat: number | null
  readonly lng: number | null
}

/** What is kept of a source, by the keys of the register. */
export async function keptOf(source: string): Promise<Map<string, KeptPlace>> {
  const { rows } = await db.execute<KeptPlace & { source_key: string; [column: string]: unknown }>(sql`
    SELECT id, source_key, name, is_open, duplicate_of, kind, is_riverside, is_geocoded, counts_for_badges, region_code,
           ST_Y(location::geometry) AS lat, ST_X(location::geometry) AS lng
    FROM places WHERE source = ${source}::place_source`)
  return new Map(rows.map(({ source_key, ...row }) => [source_key, row]))
}

export async function lastRun(
  source: string,
): Promise<{ kind: string; state: string; reason: string | null; page: number; rows: number; total: number; failed_pages: number }> {
  const { rows } = await db.execute(sql`
    SELECT kind, state, reason, page, rows, total, failed_pages FROM place_imports WHERE source = ${source}::place_source ORDER BY started_at DESC LIMIT 1`)
  return rows[0] as never
}
