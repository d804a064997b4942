import { beforeAll, describe, expect, it } from 'vitest'
import { gatheringsAbout, guestsOf } from '../../dev/neighbourhood/gatherings.ts'
import { liveOn, type Lived } from '../../dev/neighbourhood/live.ts'
import { CAST, WEATHER_DOGS } from '../../dev/neighbourhood/owners.ts'
import { measuredAt } from '../../dev/neighbourhood/sky.ts'
import { daysBetween, makeTown, type Town } from '../../dev/neighbourhood/town.ts'
import { logIn } from '../../dev/neighbourhood/users.ts'
import { toKmaCell } from '../../src/core/kma-grid.ts'
import { listUsersAmiss } from '../../src/modules/rankings/verification/queries.ts'
import snapshot from '../contract/openapi.snapshot.json'
import { type Api, createApi, createTestDeps } from '../support/api.ts'
import { seoul } from '../support/facts.ts'
import { makePhoto } from '../support/photos.ts'

/** Three owners live two weeks that end on a Tuesday, so that a week has been closed. */
const FIRST_DAY = '2026-10-19'
const UNTIL = seoul('2026-11-03 12:30:00')

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, unknown>>
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>
}

/** Every GET that answers with a list, from the document. */
const listRoutes = Object.entries(snapshot.paths as unknown as Record<string, { get?: Operation }>).flatMap(([path, { get }]) => {
  const schema = get?.responses['200']?.content?.['application/json']?.schema
  return schema && isList(schema) ? [path] : []
})

function isList({ $ref, type, properties }: Schema): boolean {
  const named = $ref && (snapshot.components.schemas as unknown as Record<string, Schema>)[$ref.split('/').at(-1)!]
  return named ? isList(named) : type === 'array' || 'items' in (properties ?? {})
}

const makeCamera = (owner: { number: number }, number: number) => makePhoto({ width: 400 + owner.number, height: 300 + number })

let town: Town
let lived: Lived
let apis: Api[]
const deps = createTestDeps()

beforeAll(async () => {
  town = makeTown({ owners: 3, days: 14, first_day: FIRST_DAY, camera: makeCamera })
  lived = await liveOn(town, deps, { from: seoul(`${FIRST_DAY} 00:00:00`), until: UNTIL })
  apis = await Promise.all(
    town.owners.map(async (owner) => {
      // As a developer does who wants to look at the app with their eyes.
      await logIn(town, createTestDeps({ now: () => UNTIL }), owner)
      const { actor } = town.resident(owner)
      const access_token = await deps.accessTokens.issue(actor)
      return createApi({ deps: { now: () => UNTIL }, user: { access_token, refresh_token: '', user_id: actor.user_id } })
    }),
  )
})

describe('the owners of a whole neighbourhood', () => {
  const { owners } = makeTown({ first_day: FIRST_DAY, camera: makeCamera })

  it('have dogs to whom the weather means something else', () => {
    for (const { number, dog } of Object.values(WEATHER_DOGS)) expect(owners[number]?.pets[0]).toMatchObject({ species: 'dog', ...dog })
  })

  it('have wet days, with snow when it is cold', () => {
    const days = daysBetween({ first_day: FIRST_DAY }, seoul('2026-07-01 00:00:00'), seoul('2027-03-01 00:00:00'))
    const town = makeTown({ first_day: FIRST_DAY, camera: makeCamera })
    const fell = days.map((day) => Array.from({ length: 24 }, (_, hour) => measuredAt(town, day, hour, owners[0]!.home).pty))
    const wet = fell.filter((hours) => hours.some((pty) => pty !== 'none'))
    expect(wet.length / days.length).toBeGreaterThan(0.08)
    expect(wet.length / days.length).toBeLessThan(0.25)
    const snowed = days.filter((_, k) => fell[k]!.includes('snow')).map(({ date }) => date.slice(5, 7))
    expect(new Set(snowed)).toEqual(new Set(['11', '12', '01', '02']))
  })

  it('meet in all the ways that there are', () => {
    const whole = makeTown({ first_day: FIRST_DAY, camera: makeCamera })
    const days = daysBetween(whole, seoul(`${FIRST_DAY} 00:00:00`), seoul('2027-01-18 00:00:00'))
    const dates = days.flatMap((day) => gatheringsAbout(whole, day).filter((gathering) => gathering.day.date === day.date))
    const kinds = {
      weekly: dates.filter(({ rule }) => rule?.endsWith('INTERVAL=1')),
      once: dates.filter(({ rule }) => rule === null),
      with_queue: dates.filter((date) => guestsOf(whole, date).length > date.capacity),
      asked_first: dates.filter((date) => date.about.approval === 'manual' && guestsOf(whole, date).length > 1),
      by_size: dates.filter((date) => date.about.category === 'small' && guestsOf(whole, date).length > 1),
      by_breed: dates.filter((date) => date.about.category === 'breed' && guestsOf(whole, date).length > 1),
      cancelled: dates.filter(({ is_cancelled }) => is_cancelled),
    }
    for (const [kind, of] of Object.entries(kinds)) expect(of.length, kind).toBeGreaterThan(1)
  })
})

describe('a neighbourhood of three owners and two weeks', () => {
  it.each(listRoutes)('has something to show somebody at %s', async (route) => {
    const shown = await Promise.all(
      apis.map(async (api) => {
        const { json } = await api.get(await pathFor(route, api))
        return (Array.isArray(json) ? json : (json?.items ?? [])).length as number
      }),
    )
    expect(Math.max(...shown)).toBeGreaterThan(0)
  })

  it('has walks, photos that can be opened, badges and a streak', async () => {
    const champion = apis[CAST.champion]!
    const { json } = await champion.get('/walks?limit=50')
    expect(json.items.length).toBeGreaterThan(14)
    expect(json.items.every(({ status }: { status: string }) => status === 'completed')).toBe(true)
    const pets = (await champion.get('/pets')).json.items as { photo_url: string }[]
    expect((await champion.get(pets[0]!.photo_url)).status).toBe(200)
    expect((await champion.get('/badges/summary')).json.earned).toBeGreaterThan(3)
    expect((await champion.get('/streak')).json.best).toBeGreaterThan(5)
  })

  it('has a premium owner, an admin, and walks in company', async () => {
    expect((await apis[CAST.premium]!.get('/users/me')).json.is_premium).toBe(true)
    expect((await apis[CAST.admin]!.get('/admin/jobs')).status).toBe(200)
    const walks = await Promise.all(apis.map(async (api) => (await api.get('/walks?limit=50')).json.items))
    const details = await Promise.all(walks.flatMap((items, k) => items.map((walk: { id: string }) => apis[k]!.get(`/walks/${walk.id}`))))
    expect(details.some(({ json }) => json.company?.length > 0)).toBe(true)
  })

  it('has meetups every week and once, ahead and over, with who came', async () => {
    const { rows } = await deps.db.execute<Record<string, number>>(`
      SELECT count(DISTINCT meetups.id) FILTER (WHERE recurrence_rule IS NOT NULL)::int AS series,
             count(DISTINCT meetups.id) FILTER (WHERE recurrence_rule IS NULL)::int AS singles,
             count(*) FILTER (WHERE starts_at > '${UNTIL.toISOString()}')::int AS ahead,
             count(*) FILTER (WHERE part.status = 'requested' AND starts_at > '${UNTIL.toISOString()}')::int AS asked,
             count(*) FILTER (WHERE part.attended AND attended_by = 'walk')::int AS walked
      FROM meetups
      JOIN meetup_occurrences AS occurrence ON occurrence.meetup_id = meetups.id
      JOIN meetup_participants AS part ON part.occurrence_id = occurrence.id
      WHERE host_id IN (${residentIds()})`)
    const { series, ...others } = rows[0]!
    expect(series).toBe(3)
    for (const count of Object.values(others)) expect(count).toBeGreaterThan(0)
  })

  it('has a course that its owner has published, and one that nobody else sees', async () => {
    const mine = (await apis[CAST.premium]!.get('/courses?filter=mine')).json.items as { id: string; is_published: boolean }[]
    expect(mine.map(({ is_published }) => is_published)).toEqual([true, false])
    const seen = await Promise.all(mine.map(({ id }) => apis[CAST.champion]!.get(`/courses/${id}`)))
    expect(seen.map(({ status }) => status)).toEqual([200, 404])
  })

  it('has neighbours who may like each other, and says why', async () => {
    const shown = await Promise.all(apis.map(async (api) => (await api.get('/recommendations')).json.items as { reasons: string[] }[]))
    expect(shown.flat().some(({ reasons }) => reasons.length > 0)).toBe(true)
  })

  it('knows the weather of its walks, and some were in the rain', async () => {
    const { rows } = await deps.db.execute<{ walks: number; told: number; wet: number }>(`
      SELECT count(*)::int AS walks, count(weather ->> 'temp')::int AS told, (count(*) FILTER (WHERE weather ->> 'pty' <> 'none'))::int AS wet
      FROM walks WHERE user_id IN (${residentIds()}) AND status = 'completed' AND source = 'recorded'`)
    const { walks, told, wet } = rows[0]!
    expect(told).toBe(walks)
    expect(wet).toBeGreaterThan(0)
    const earned = await Promise.all(apis.map(async (api) => (await api.get('/badges?status=earned')).json as { code: string }[]))
    expect(earned.flat().map(({ code }) => code)).toContain('sp_rain')
  })

  it('wants the weather of its homes', async () => {
    const { home } = town.owners[CAST.champion]!
    const { nx, ny } = toKmaCell(home)!
    const { rows } = await deps.db.execute(`SELECT wants FROM weather_cells WHERE nx = ${nx} AND ny = ${ny}`)
    expect(rows).toHaveLength(1)
  })

  it('lets nothing go wrong for the night to mend', async () => {
    // Other tests damage other people's standings on purpose.
    const amiss = await Promise.all(
      apis.map((api) => listUsersAmiss(deps.db, { from: api.user!.user_id, to: api.user!.user_id }, { after: null, limit: 1 })),
    )
    expect(amiss.flatMap(({ user_ids }) => user_ids)).toEqual([])
  })

  it('is the same when a time is lived again', async () => {
    const before = await countAll()
    const again = makeTown({ owners: 3, days: 14, first_day: FIRST_DAY, camera: makeCamera })
    await liveOn(again, deps, { from: seoul('2026-11-02 00:00:00'), until: UNTIL })
    expect(await countAll()).toEqual(before)
  })

  it('refuses only what somebody else has refused them', () => {
    // A neighbour who is blocked cannot be invited, and sees no meetup of whom they blocked.
    expect(
      Object.keys(lived.refused).filter((code) => !['user_not_found', 'invitation_not_found', 'meetup_not_found'].includes(code)),
    ).toEqual([])
  })
})

const residentIds = () => town.owners.map((owner) => `'${town.resident(owner).actor.user_id}'`).join(',')

async function countAll() {
  const ids = residentIds()
  const { rows } = await deps.db.execute(`
    SELECT (SELECT count(*) FROM walks WHERE user_id IN (${ids})) AS walks, (SELECT count(*) FROM pets WHERE user_id IN (${ids})) AS pets,
           (SELECT sum(distance_m) FROM walks WHERE user_id IN (${ids})) AS metres, (SELECT count(*) FROM invitations WHERE inviter_id IN (${ids})) AS invitations`)
  return rows
}

/** A walk that somebody shared, and others have said something about. */
async function ownWalkWith(what: 'comments' | 'likes', api: Api): Promise<string> {
  const { items } = (await api.get(`/users/${api.user!.user_id}/walks?limit=50`)).json
  const talked = (items as { walk_id: string; likes: number; comments: number }[]).find((walk) => walk[what] > 0)
  return (talked ?? items[0]).walk_id
}

async function pathFor(route: string, api: Api): Promise<string> {
  if (route === '/users/{id}/badges') return `/users/${api.user!.user_id}/badges`
  if (route === '/walks/{id}/segments') return `/walks/${(await api.get('/walks')).json.items[0].id}/segments`
  if (/^\/users\/\{id\}\/(walks|followers|following)$/.test(route)) return route.replace('{id}', api.user!.user_id)
  if (/^\/walks\/\{id\}\/(comments|likes)$/.test(route))
    return route.replace('{id}', await ownWalkWith(route.split('/').at(-1) as 'comments' | 'likes', api))
  if (route === '/meetups/{id}/participants') {
    const { json } = await api.get('/meetups')
    return `/meetups/${json.items[0].meetup.id}/participants`
  }
  if (route === '/users/me/imports/{id}/files') {
    const { json } = await api.get('/users/me/imports')
    return `/users/me/imports/${json.items[0]?.id ?? crypto.randomUUID()}/files`
  }
  if (route === '/admin/payments') return '/admin/payments?kind=parked'
  if (route === '/courses') return '/courses?filter=favorites'
  if (route === '/places') return '/places?favorite=true'
  if (route === '/places/search') return `/places/search?q=${encodeURIComponent('서울숲')}&lat=37.5444&lng=127.0374`
  if (route === '/users/search') return '/users/search?q=%E3%85%8A%E3%85%8B'
  if (route === '/pets/{id}/health-records') return `/pets/${(await api.get('/pets')).json.items[0].id}/health-records`
  expect(route).not.toContain('{')
  return route
}
