import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { deleteOldCardsIn } from '../../../src/modules/share-cards/jobs.ts'
import { getCard } from '../../../src/modules/share-cards/service.ts'
import { workerVars } from '../../../dev/credentials.ts'
import { createApi, createTestDeps, type Api } from '../../support/api.ts'
import { bucketWith } from '../../support/buckets.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto, inspectPhoto, makePhoto } from '../../support/photos.ts'
import { addPet, freshTrack, startWalk, walk, wideTrack } from '../../support/walks.ts'

const anybody = createApi()
const deps = createTestDeps()
const browser = { headers: { Accept: 'text/html,application/xhtml+xml' } }
const tokenOf = (url: string) => new URL(url).pathname.split('/')[2]!
const cardsOf = async (api: Api) => (await deps.bucket.list({ prefix: `share-cards/${api.user?.user_id}/` })).objects.map(({ key }) => key)
const makePremium = (api: Api) =>
  deps.db.execute(
    `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${api.user?.user_id}', 'toss', now() - interval '1 day', now() + interval '1 day')`,
  )

async function sharer(pet: object = {}, track = freshTrack({ length_m: 2_500 })) {
  const owner = await signUp()
  const petId = await addPet(owner, pet)
  const { id, json } = await walk(owner, [petId], { track })
  const share = async (theme?: string) => owner.post(`/walks/${id}/share-card`, theme && { theme })
  return { owner, petId, id, completion: json, share }
}

describe('POST /walks/{id}/share-card', () => {
  it('gives the same addresses each time, others for another theme', async () => {
    const { owner, share } = await sharer()
    const [a, b, c] = [await share(), await share(), await share('basic')]
    expect([a.status, a.json]).toEqual([200, b.json])
    expect(c.json).toEqual(a.json)
    expect(a.json.url).toBe(`${a.json.share_url}/card.png?v=2`)
    expect(tokenOf(a.json.url)).toMatch(/^[\w-]{22}$/)
    await makePremium(owner)
    const dark = await share('dark')
    expect(tokenOf(dark.json.url)).not.toBe(tokenOf(a.json.url))
    expect((await share()).json).toEqual(a.json)
  })

  it('keeps two themes of three for premium', async () => {
    const { owner, share } = await sharer()
    for (const theme of ['dark', 'season']) expect(await share(theme)).toMatchObject({ status: 403, json: { code: 'premium_required' } })
    expect(await share('neon')).toMatchObject({ status: 422 })
    await makePremium(owner)
    for (const theme of ['dark', 'season']) {
      const { json } = await share(theme)
      expect((await anybody.get(json.url)).status).toBe(200)
    }
  })

  it('is for a walk that was walked', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const refused = await walk(owner, [pet], { track: freshTrack({ length_m: 120 }) })
    const active = await startWalk(owner, [pet])
    for (const id of [refused.id, active]) expect((await owner.post(`/walks/${id}/share-card`)).status).toBe(404)
  })
})

describe('the card', () => {
  it('is drawn once, kept in R2, and known to who has it', async () => {
    const { owner, share } = await sharer()
    const { json } = await share()
    let drawn = 0
    const counting = createApi({
      deps: ({ assets }) => ({
        assets: { fetch: (url: string) => (drawn++, assets.fetch(url)) } as unknown as Fetcher,
      }),
    })
    const first = await counting.get(json.url)
    expect([first.status, first.headers.get('Content-Type'), drawn > 0]).toEqual([200, 'image/png', true])
    expect(await inspectPhoto(first.bytes)).toMatchObject({ format: 'png', width: 1_080, height: 1_920 })
    expect(await cardsOf(owner)).toHaveLength(1)
    drawn = 0
    expect((await counting.get(json.url)).bytes).toEqual(first.bytes)
    const known = await counting.get(json.url, { headers: { 'If-None-Match': first.headers.get('ETag')! } })
    expect([known.status, known.bytes.length, drawn]).toEqual([304, 0, 0])
    // It may be taken back, so nobody keeps it for good.
    expect(first.headers.get('Cache-Control')).toBe('public, max-age=300')
  })

  it('shows the pet, and follows what it shows', async () => {
    const { owner, petId, share } = await sharer()
    const { json } = await share()
    const face: [number, number, number, number] = [500, 280, 80, 70]
    const before = await anybody.get(json.url)
    await owner.post(`/upload/pet-profile/${petId}`, await makePhoto({ width: 400, height: 400, orientation: 3 }))
    const withPhoto = await anybody.get(json.url)
    expect(withPhoto.headers.get('ETag')).not.toBe(before.headers.get('ETag'))
    const faceOf = async (card: { bytes: Uint8Array }) => (await inspectPhoto(card.bytes, [face])).colors[0]!
    const [without, shown] = [await faceOf(before), await faceOf(withPhoto)]
    expect(shown.changes).toBeGreaterThan(2_000)
    expect(shown.changes).toBeGreaterThan(without.changes * 3)
    await owner.patch(`/pets/${petId}`, { name: '콩이' })
    expect((await anybody.get(json.url)).headers.get('ETag')).not.toBe(withPhoto.headers.get('ETag'))
    expect(await cardsOf(owner)).toHaveLength(3)
  })

  it('is shown while R2 is away, and without its photo is not kept', async () => {
    const { owner, petId, share } = await sharer()
    await owner.post(`/upload/pet-profile/${petId}`, await freshPhoto())
    const { json } = await share()
    const fails = () => Promise.reject(new Error('R2 is away'))
    const away = anybody.with({ bucket: bucketWith({ get: fails as R2Bucket['get'], put: fails as R2Bucket['put'] }) })
    expect((await away.get(json.url)).status).toBe(200)
    const unreadable = anybody.with({ bucket: bucketWith({ get: fails as R2Bucket['get'] }) })
    expect((await unreadable.get(json.url)).status).toBe(200)
    expect(await cardsOf(owner)).toEqual([])
  })

  it('whose photo is lost is drawn once without it, and anew when there is another photo', async () => {
    const { owner, petId, share } = await sharer()
    const { photo_url } = (await owner.post(`/upload/pet-profile/${petId}`, await freshPhoto())).json
    const { json } = await share()
    const key = photo_url.replace('/media/', '')
    await deps.bucket.delete([key, key.replace('.', '_200.'), key.replace('.', '_400.')])
    let drawn = 0
    const counting = anybody.with(({ assets }) => ({
      assets: { fetch: (url: string) => (drawn++, assets.fetch(url)) } as unknown as Fetcher,
    }))
    const first = await counting.get(json.url)
    expect([first.status, drawn > 0]).toEqual([200, true])
    drawn = 0
    for (let n = 0; n < 3; n++) expect((await counting.get(json.url)).bytes).toEqual(first.bytes)
    expect([drawn, (await cardsOf(owner)).length]).toEqual([0, 1])
    await owner.post(`/upload/pet-profile/${petId}`, await freshPhoto())
    expect((await counting.get(json.url)).headers.get('ETag')).not.toBe(first.headers.get('ETag'))
    expect(drawn).toBeGreaterThan(0)
  })

  it('shows of the way the sketch that others see, and no change of a zone changes it', async () => {
    const { owner, id, completion, share } = await sharer({}, wideTrack())
    const { json } = await share()
    const sketch = async () => (await getCard(deps, tokenOf(json.url))).content.sketch
    expect(completion.walk.sketch.length).toBeGreaterThan(2)
    expect(await sketch()).toEqual(completion.walk.sketch)
    const before = (await anybody.get(json.url)).bytes
    const [lng, lat] = completion.walk.route.coordinates[0]
    await owner.put('/users/me/privacy-zone', { lat, lng, radius_m: 300 })
    expect(await sketch()).toEqual((await owner.get(`/walks/${id}`)).json.sketch)
    expect((await anybody.get(json.url)).bytes).toEqual(before)
  })

  it('of an earlier drawing is deleted', async () => {
    const { owner, id, share } = await sharer()
    await anybody.get((await share()).json.url)
    const [kept] = await cardsOf(owner)
    const old = `share-cards/${owner.user.user_id}/${id}/basic-0123456789abcdef0123456789abcdef.png`
    await deps.bucket.put(old, 'a line with north above')
    expect(await deleteOldCardsIn(deps, `share-cards/${owner.user.user_id}/`, new Date())).toBe(1)
    expect(await cardsOf(owner)).toEqual([kept])
  })

  it('is removed after thirty days in which nobody read it, and drawn again for who asks after all', async () => {
    const { owner, share } = await sharer()
    const { json } = await share()
    const folder = `share-cards/${owner.user.user_id}/`
    const { bytes } = await anybody.get(json.url)
    const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
    expect(await deleteOldCardsIn(deps, folder, inDays(30))).toBe(0)
    expect(await deleteOldCardsIn(deps, folder, inDays(32))).toBe(1)
    expect(await cardsOf(owner)).toEqual([])
    expect((await anybody.get(json.url)).bytes).toEqual(bytes)
    expect(await cardsOf(owner)).toHaveLength(1)
  })

  it('that is read is written anew at most once a day', async () => {
    const { share } = await sharer()
    const { json } = await share()
    await anybody.get(json.url)
    let writes = 0
    const { bucket } = deps
    const counting = bucketWith({ put: ((...of: Parameters<R2Bucket['put']>) => (writes++, bucket.put(...of))) as R2Bucket['put'] })
    const readIn = (days: number) => anybody.with({ bucket: counting, now: () => new Date(Date.now() + days * DAY_MS) }).get(json.url)
    for (let n = 0; n < 3; n++) await readIn(0)
    expect(writes).toBe(0)
    await readIn(1.1)
    expect(writes).toBe(1)
  })
})

describe('an address', () => {
  it('is on the public origin, whatever host was asked for', async () => {
    const { owner, id } = await sharer()
    const headers = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' }
    const { json } = await owner.post(`http://evil.example/walks/${id}/share-card`, undefined, { headers })
    const origin = workerVars.PUBLIC_ORIGIN
    expect(json).toEqual({ url: `${json.share_url}/card.png?v=2`, share_url: `${origin}/s/${tokenOf(json.url)}` })
    const { pathname } = new URL(json.share_url)
    const { text } = await anybody.get(`http://evil.example${pathname}`, { headers: { ...headers, Accept: 'text/html' } })
    expect(text).toContain(`<meta property="og:image" content="${json.url}">`)
    expect(text).toContain(`<meta property="og:url" content="${json.share_url}">`)
    expect(text).toContain(`<img class="card" src="${pathname}/card.png?v=2"`)
    expect(text).not.toContain('evil.example')
  })
})

describe('the page', () => {
  it('is small, Korean, works without script, and brings its preview and a way into the app', async () => {
    const { share } = await sharer()
    const { share_url, url } = (await share()).json
    const { status, headers, text, bytes } = await anybody.get(share_url, browser)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(bytes.length).toBeLessThan(8_000)
    expect(text).toContain('<html lang="ko">')
    expect(text).toContain('초코와 함께한 산책')
    for (const tag of [
      `<meta property="og:image" content="${url}">`,
      `<meta property="og:url" content="${share_url}">`,
      '<meta property="og:title" content="초코와 함께한 산책 🐾">',
      '<meta property="og:image:width" content="1080">',
      `<meta property="al:android:url" content="withbowwow://share/${tokenOf(url)}">`,
      `href="withbowwow://share/${tokenOf(url)}"`,
      'https://play.google.com/store/apps/details?id=com.withbowwow.app',
      '<meta name="robots" content="noindex">',
    ])
      expect(text).toContain(tag)
    expect(text).not.toMatch(/<script|javascript:|\son\w+=/i)
    expect(text).not.toContain('apps.apple.com')
    const inStore = await anybody.with({ appStoreId: '6440000000' }).get(share_url)
    expect(inStore.text).toContain('https://apps.apple.com/kr/app/id6440000000')
  })

  it('allows itself nothing but its style and its pictures', async () => {
    const { share } = await sharer()
    const { headers, text } = await anybody.get((await share()).json.share_url, browser)
    const policy = headers.get('Content-Security-Policy') ?? ''
    const style = /<style>([^]*?)<\/style>/.exec(text)?.[1] ?? ''
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style)))
    expect(policy).toContain(`style-src 'sha256-${btoa(String.fromCharCode(...digest))}'`)
    expect(policy).toMatch(/^default-src 'none'; img-src 'self' data:;/)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
  })

  it('says nothing of whose walk it is', async () => {
    const { owner, petId, id, completion, share } = await sharer()
    await owner.patch('/users/me', { nickname: `비밀${crypto.randomUUID().slice(0, 8)}` })
    const { nickname } = (await owner.get('/users/me')).json
    await owner.patch(`/walks/${id}`, { memo: '우리 집 앞에서' })
    const { json } = await share()
    const page = await anybody.get(json.share_url)
    const card = await anybody.get(json.url)
    const said = `${page.text}${JSON.stringify([...page.headers, ...card.headers])}${JSON.stringify(json)}`
    for (const secret of [owner.user.user_id, petId, id, nickname, '우리 집 앞에서', completion.walk.started_at.slice(11, 19)])
      expect(said).not.toContain(secret)
  })

  it('shows a name as it is, whatever is in it', async () => {
    const { share } = await sharer({ name: '<b>"&\'🐶' })
    const { text } = await anybody.get((await share()).json.share_url)
    expect(text).toContain('&lt;b&gt;&quot;&amp;&apos;🐶와 함께한 산책')
    expect(text).not.toContain('<b>')
  })

  it('ends when the link is taken back, for every theme; a new one is another', async () => {
    const { owner, id, share } = await sharer()
    await makePremium(owner)
    const [basic, dark] = [(await share()).json, (await share('dark')).json]
    expect((await owner.delete(`/walks/${id}/share-card`)).status).toBe(204)
    for (const { url, share_url } of [basic, dark]) {
      expect(await anybody.get(url)).toMatchObject({ status: 404, json: { code: 'share_not_found' } })
      const lost = await anybody.get(share_url, browser)
      expect([lost.status, lost.headers.get('Content-Type')]).toEqual([404, 'text/html; charset=UTF-8'])
      expect(lost.text).toContain('더 이상 볼 수 없는 산책이에요')
    }
    expect((await owner.delete(`/walks/${id}/share-card`)).status).toBe(204)
    const again = (await share()).json
    expect(tokenOf(again.url)).not.toBe(tokenOf(basic.url))
    expect((await anybody.get(again.url)).status).toBe(200)
  })

  it('is gone with the walk and with its owner, at once, and comes back with them', async () => {
    const { owner, id, share } = await sharer()
    const { share_url } = (await share()).json
    const status = async () => (await anybody.get(share_url)).status
    await owner.delete(`/walks/${id}`)
    expect(await status()).toBe(404)
    await owner.post(`/walks/${id}/restore`)
    expect(await status()).toBe(200)
    await owner.delete('/users/me')
    expect(await status()).toBe(404)
  })

  it.each(['x', '%00', '../walks', 'A'.repeat(22), '가'])('of %s is none', async (token) => {
    expect((await anybody.get(`/s/${encodeURIComponent(token)}`)).status).toBeGreaterThanOrEqual(404)
  })
})
