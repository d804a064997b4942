import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { deleteOldCardsIn } from '../../../src/modules/share-cards/jobs.ts'
import { getPictures } from '../../../src/modules/share-cards/service.ts'
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
    expect(a.json.url).toBe(`${a.json.share_url}/card.png?v=3`)
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
    const sketch = async () => (await getPictures(deps, tokenOf(json.url))).content.sketch
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
    expect(json).toEqual({ url: `${json.share_url}/card.png?v=3`, share_url: `${origin}/s/${tokenOf(json.url)}` })
    const { pathname } = new URL(json.share_url)
    const { text } = await anybody.get(`http://evil.example${pathname}`, { headers: { ...headers, Accept: 'text/html' } })
    for (const [, address] of text.matchAll(/(?:property="og:(?:image|url)"|name="twitter:image") content="([^"]*)"/g))
      expect(address!.startsWith(json.share_url), address).toBe(true)
    expect(text).toContain(`<meta property="og:url" content="${json.share_url}">`)
    expect(text).toContain(`href="${pathname}/card.png?v=`)
    expect(text).not.toContain('evil.example')
  })
})

describe('the page', () => {
  it('is small, Korean, works without script, and brings a preview that has another address when it has changed', async () => {
    const { owner, petId, share } = await sharer()
    const { share_url, url } = (await share()).json
    const { status, headers, text, bytes } = await anybody.get(share_url, browser)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect([headers.get('Cache-Control'), headers.get('Vary')]).toEqual(['private, max-age=60', 'User-Agent, Accept'])
    expect(bytes.length).toBeLessThan(20_000)
    expect(text).toContain('<html lang="ko">')
    expect(text).toContain('<h1>초코와 함께한 산책</h1>')
    for (const tag of [
      `<meta property="og:url" content="${share_url}">`,
      '<meta property="og:title" content="초코와 함께한 산책 🐾">',
      '<meta property="og:image:width" content="1200">',
      '<meta property="og:image:height" content="630">',
      '<meta name="twitter:card" content="summary_large_image">',
      '<meta name="color-scheme" content="light dark">',
      `<meta property="al:android:url" content="withbowwow://share/${tokenOf(url)}">`,
      '<meta name="robots" content="noindex">',
    ])
      expect(text).toContain(tag)
    expect(text).not.toMatch(/<script|javascript:|\son\w+=/i)
    // What stands on it is said once.
    for (const said of [/<dd>[\d.]+ km<\/dd>/g, /<h1>/g, /<time /g]) expect(text.match(said), String(said)).toHaveLength(1)
    const previewOf = (html: string) => /property="og:image" content="([^"]*)"/.exec(html)![1]!
    const preview = await anybody.get(previewOf(text))
    expect(await inspectPhoto(preview.bytes)).toMatchObject({ format: 'png', width: 1_200, height: 630 })
    await owner.patch(`/pets/${petId}`, { name: '콩이' })
    expect(previewOf((await anybody.get(share_url)).text)).not.toBe(previewOf(text))
  })

  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 KAKAOTALK 25.1.0'],
    ['Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS]'],
  ])('sends %s to no store but Apple’s, and leads nowhere before the app is there', async (userAgent) => {
    const { share } = await sharer()
    const { share_url } = (await share()).json
    const headers = { ...browser.headers, 'User-Agent': userAgent }
    const linksOf = (text: string) => [...text.matchAll(/<a class="button" href="([^"]*)"/g)].map(([, href]) => href)
    const before = await anybody.get(share_url, { headers })
    expect(linksOf(before.text)).toEqual([])
    expect(before.text).toContain('아이폰 앱은 준비 중이에요')
    const inStore = anybody.with(({ apps }) => ({ apps: { ...apps, ios: { ...apps.ios, store_id: '6440000000' } } }))
    const { text } = await inStore.get(share_url, { headers })
    expect(linksOf(text)).toEqual(['https://apps.apple.com/kr/app/id6440000000', `withbowwow://share/${tokenOf(share_url)}`])
    expect(text).toContain(
      `<meta name="apple-itunes-app" content="app-id=6440000000, app-argument=withbowwow://share/${tokenOf(share_url)}">`,
    )
    for (const page of [before.text, text, (await inStore.get('/s/none', { headers })).text]) expect(page).not.toContain('play.google.com')
  })

  it('opens the app on Android, or Google Play where it is not there', async () => {
    const { share } = await sharer()
    const { share_url } = (await share()).json
    const headers = {
      'User-Agent': 'Mozilla/5.0 (Linux; Android 15; SM-S931N; wv) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36 KAKAOTALK 25.1.0',
    }
    const { text } = await anybody.get(share_url, { headers })
    const [, intent] = /<a class="button" href="(intent:[^"]*)"/.exec(text) ?? []
    expect(intent).toBe(
      `intent://share/${tokenOf(share_url)}#Intent;scheme=withbowwow;package=com.withbowwow.app;S.browser_fallback_url=https%3A%2F%2Fplay.google.com%2Fstore%2Fapps%2Fdetails%3Fid%3Dcom.withbowwow.app;end`,
    )
    expect([text.includes('apps.apple.com'), text.includes('class="qr"')]).toEqual([false, false])
    const none = await anybody
      .with(({ apps }) => ({ apps: { ...apps, android: { ...apps.android, store_id: null } } }))
      .get(share_url, { headers })
    expect(none.text).toContain('안드로이드 앱은 준비 중이에요')
    expect(none.text).not.toMatch(/intent:|play\.google\.com|withbowwow:\/\//)
  })

  it('shows a desktop both stores and a code for the phone', async () => {
    const { share } = await sharer()
    const { text } = await anybody
      .with(({ apps }) => ({ apps: { ...apps, ios: { ...apps.ios, store_id: '6440000000' } } }))
      .get((await share()).json.share_url, { headers: { 'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)' } })
    for (const part of ['https://apps.apple.com/kr/app/id6440000000', 'https://play.google.com/store/apps', 'class="qr"'])
      expect(text).toContain(part)
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

  it('shows photos, nickname and district where the owner wants, and no longer', async () => {
    const { owner, id, share } = await sharer()
    const { share_url } = (await share()).json
    const nickname = `초코${String(Math.floor(Math.random() * 1e6))}`
    await owner.patch('/users/me', { nickname })
    await owner.put('/users/me/location', { lat: 37.5006, lng: 127.0364 })
    const { region } = (await owner.get('/users/me')).json
    const taken = '2026-11-01T03:21:09Z'
    for (let n = 0; n < 7; n++)
      await owner.post(
        `/upload/walk-photo/${id}?lat=37.5&lng=127.03&taken_at=${taken}`,
        await makePhoto({ width: 400 + n, height: 300, has_gps: true }),
      )
    const show = (share_page: object) => owner.patch('/users/me/settings', { share_page })
    const page = async () => (await anybody.get(share_url)).text
    const photosOf = (text: string) => [...text.matchAll(/<li><a href="([^"]*)"><img src="([^"]*)"/g)].flatMap(([, ...both]) => both)
    const hidden = await page()
    expect([hidden.includes(nickname), hidden.includes(region.sigungu), photosOf(hidden).length]).toEqual([false, false, 0])

    await show({ photos: true, nickname: true, region: true })
    const shown = await page()
    expect(shown).toContain(`${nickname}님 · ${region.sido} ${region.sigungu}`)
    expect(shown).not.toContain(region.dong)
    // Six of the seven, each with its thumbnail.
    const photos = photosOf(shown)
    expect(photos).toHaveLength(12)
    for (const secret of [owner.user.user_id, id, '37.5', taken.slice(11, 19)]) expect(shown).not.toContain(secret)
    for (const address of photos) {
      const { status, headers, bytes } = await anybody.get(address)
      expect([status, headers.get('Cache-Control')]).toEqual([200, 'public, max-age=300'])
      expect(await inspectPhoto(bytes)).toMatchObject({ format: 'jpeg', has_metadata: false })
    }

    await show({ photos: false })
    expect(photosOf(await page())).toEqual([])
    for (const address of photos) expect((await anybody.get(address)).status).toBe(404)
  })

  it('shows photos of its own walk only', async () => {
    const [a, b] = [await sharer(), await sharer()]
    for (const { owner, id } of [a, b]) {
      await owner.patch('/users/me/settings', { share_page: { photos: true } })
      await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())
    }
    const other = await walk(a.owner, [a.petId], { track: freshTrack({ agoMs: DAY_MS }) })
    await a.owner.post(`/upload/walk-photo/${other.id}`, await freshPhoto())
    const name = async (owner: Api, id: string) =>
      (await owner.get(`/walks/${id}`)).json.photos[0].photo_url.split('?')[0].split('/').at(-1)
    const page = new URL((await a.share()).json.share_url).pathname
    const status = async (photo: string) => (await anybody.get(`${page}/photos/${photo}`)).status
    expect(await status(await name(a.owner, a.id))).toBe(200)
    for (const photo of [await name(b.owner, b.id), await name(a.owner, other.id), 'x.jpg', '..%2f..%2ftracks', `${'A'.repeat(22)}.jpg`])
      expect(await status(photo), photo).toBe(404)
  })

  it('takes its pictures with it when it is taken back, and shows the pet while it is there', async () => {
    const { owner, petId, id, share } = await sharer()
    await owner.post(`/upload/pet-profile/${petId}`, await freshPhoto())
    const { share_url, url } = (await share()).json
    const pictures = [url, `${share_url}/preview.png`, `${share_url}/pet.jpg`]
    for (const address of pictures) expect((await anybody.get(address)).status, address).toBe(200)
    expect(await cardsOf(owner)).toHaveLength(2)
    await owner.delete(`/walks/${id}/share-card`)
    expect(await cardsOf(owner)).toEqual([])
    for (const address of pictures) expect((await anybody.get(address)).status, address).toBe(404)
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
