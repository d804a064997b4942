import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { findAddress } from './kakao-local/addresses.ts'
import { makePlaces, type MapPlace } from './kakao-local/places.ts'
import { createRegions } from './kakao-local/regions.ts'
import { checkKey, readNumber, refusal } from './kakao-local/refusals.ts'
import { searchCategory, searchKeyword } from './kakao-local/search.ts'
import { LICENCE_KINDS, type Licensed, type LicenceKind } from './public-data/register.ts'
import { createHost, readAuthorization, readControl, Refusal, type Vendor } from './vendor.ts'

export const KAKAO_LOCAL_CONTROLS = {
  'POST /_sim/kakao/local': 'how Kakao Map behaves: {enabled?: false refuses with 403, throttled?: no|maps|platform|burst}',
  'POST /_sim/kakao/places':
    'adds places to Kakao Map: {places: [{name, lat, lng, category_name?, group?, address?, road_address?, phone?, id?}]}',
}

const stateSchema = z.strictObject({
  enabled: z.boolean().default(true),
  throttled: z.enum(['no', 'maps', 'platform', 'burst']).default('no'),
})
const placesSchema = z.strictObject({
  places: z
    .array(
      z.strictObject({
        id: z.string().regex(/^\d+$/).optional(),
        name: z.string().min(1),
        lat: z.number(),
        lng: z.number(),
        category_name: z.string().default('가정,생활 > 반려동물 > 동물병원'),
        group: z.string().default('HP8'),
        address: z.string().default(''),
        road_address: z.string().default(''),
        phone: z.string().default(''),
      }),
    )
    .max(1_000),
})

interface Parts {
  /** The registers of licences, of whose hospitals Kakao knows some. */
  licences: (kind: LicenceKind) => readonly Licensed[]
  regionsFile?: string
}

/** dapi.kakao.com: the region of a coordinate, places and addresses. https://developers.kakao.com/docs/latest/ko/local/dev-guide */
export function createKakaoLocal({ licences, regionsFile }: Parts) {
  const regions = createRegions(regionsFile)
  let made: MapPlace[] | undefined
  let added: MapPlace[] = []
  let state = stateSchema.parse({})
  const places = () => [...(made ??= makePlaces(licences('animal_hospitals'))), ...added]

  const host = createHost()
  host.use(async (c, next) => {
    checkKey(readAuthorization(c, 'KakaoAK'))
    if (!state.enabled) throw refusal(403, 'NotAuthorizedError', 'App(withbowwow) disabled OPEN_MAP_AND_LOCAL service.')
    if (state.throttled === 'maps') throw refusal(429, 'RequestThrottled', 'API limit has been exceeded.')
    if (state.throttled === 'platform') throw new Refusal(400, { code: -10, msg: 'API limit has been exceeded.' })
    if (state.throttled === 'burst') return c.html('<html>Service Unavailable</html>', 503)
    return next()
  })
  host.get('/v2/local/geo/coord2regioncode.json', (c) => {
    const [x, y] = [readNumber(c.req.query('x'), 'x'), readNumber(c.req.query('y'), 'y')]
    const documents = regions.describe(y, x)
    return c.json({ meta: { total_count: documents.length }, documents })
  })
  host.get('/v2/local/search/keyword.json', (c) => c.json(searchKeyword(places(), c.req.query())))
  host.get('/v2/local/search/category.json', (c) => c.json(searchCategory(places(), c.req.query())))
  host.get('/v2/local/search/address.json', (c) =>
    c.json(
      findAddress(
        places(),
        LICENCE_KINDS.flatMap((kind) => licences(kind)),
        c.req.query(),
      ),
    ),
  )

  const control = createHost()
  control.post('/kakao/local', async (c) => {
    state = await readControl(c, stateSchema)
    return c.json(state)
  })
  control.post('/kakao/places', async (c) => {
    const { places: given } = await readControl(c, placesSchema)
    const news = given.map(({ id, lat, lng, ...place }) => ({
      ...place,
      id: id ?? String(2_000_000_000 + randomInt(1e9)),
      at: { lat, lng },
      words: '',
    }))
    added.push(...news)
    return c.json({ places: news }, 201)
  })
  function reset() {
    made = undefined
    added = []
    state = stateSchema.parse({})
  }
  return { hosts: { 'dapi.kakao.com': host }, control, reset } satisfies Vendor
}
