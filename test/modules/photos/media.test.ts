import { describe, expect, it } from 'vitest'
import { workerVars } from '../../../dev/credentials.ts'
import { createMediaSignatures } from '../../../src/core/media.ts'
import { createApi } from '../../support/api.ts'
import { bucketWith } from '../../support/buckets.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto } from '../../support/photos.ts'
import { addPet, walk } from '../../support/walks.ts'

const anybody = createApi()
const missing = { status: 404, json: { code: 'media_not_found' } }
const bare = (url: string) => url.replace(/\?.*/, '')
const inSeconds = (seconds: number) =>
  createMediaSignatures({ keys: [workerVars.JWT_SECRET_KEY], now: () => new Date(Date.now() + seconds * 1_000) })

async function publicImage() {
  const owner = await signUp()
  const { json } = await owner.post('/upload/image', await freshPhoto())
  const { bytes, headers } = await anybody.get(json.photo_url)
  return { url: json.photo_url as string, bytes, etag: headers.get('ETag')!, headers }
}

async function walkPhoto(more: object = {}) {
  const owner = await signUp()
  const { id } = await walk(owner, [await addPet(owner)], { more })
  const { json } = await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())
  return { owner, id, photo: json.photo_url as string, thumbnail: json.thumbnail_url as string, photo_id: json.id as string }
}

describe('a photo as HTTP has it', () => {
  it('says what it is, lets nothing run, and may be kept for a day', async () => {
    const { headers, bytes } = await publicImage()
    expect(Object.fromEntries(headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=86400',
      'content-length': String(bytes.length),
      'content-security-policy': "default-src 'none'; sandbox",
      'content-type': 'image/jpeg',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    })
    expect(headers.get('ETag')).toMatch(/^"[^"]+"$/)
  })

  it('is not sent again to who has it', async () => {
    const { url, etag } = await publicImage()
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { status, bytes, headers } = await anybody.get(url, { headers: { 'If-None-Match': tag } })
      expect([status, bytes.length, headers.get('ETag')]).toEqual([304, 0, etag])
    }
    expect((await anybody.get(url, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
  })

  it('comes in stretches', async () => {
    const { url, bytes, etag } = await publicImage()
    const size = bytes.length
    const stretches: [string, number, number][] = [
      ['bytes=0-99', 0, 100],
      ['bytes=100-', 100, size],
      ['bytes=-50', size - 50, size],
      [`bytes=${size - 1}-`, size - 1, size],
      [`bytes=10-${size * 2}`, 10, size],
      [`bytes=-${size * 2}`, 0, size],
    ]
    for (const [range, from, to] of stretches) {
      const answer = await anybody.get(url, { headers: { Range: range } })
      expect(answer.status).toBe(206)
      expect(answer.headers.get('Content-Range')).toBe(`bytes ${from}-${to - 1}/${size}`)
      expect(answer.bytes).toEqual(bytes.slice(from, to))
    }
    expect((await anybody.get(url, { headers: { Range: 'bytes=0-9', 'If-Range': etag } })).status).toBe(206)
    expect((await anybody.get(url, { headers: { Range: 'bytes=0-9', 'If-Range': '"other"' } })).status).toBe(200)
  })

  it('has no stretch behind its end, and is whole where more than one is asked for', async () => {
    const { url, bytes } = await publicImage()
    for (const range of [`bytes=${bytes.length}-`, 'bytes=999999999-', 'bytes=-0']) {
      const { status, headers, text } = await anybody.get(url, { headers: { Range: range } })
      expect([status, headers.get('Content-Range'), text]).toEqual([416, `bytes */${bytes.length}`, ''])
    }
    for (const range of ['bytes=0-1,5-6', 'bytes=9-3', 'lines=1-2', 'bytes=-', 'nonsense'])
      expect((await anybody.get(url, { headers: { Range: range } })).status).toBe(200)
  })

  it('answers HEAD with everything but itself', async () => {
    const { url, etag, bytes } = await publicImage()
    const { status, headers, bytes: none } = await anybody.request('HEAD', url)
    expect([status, headers.get('ETag'), headers.get('Content-Length'), none.length]).toEqual([200, etag, String(bytes.length), 0])
  })

  it('asks for another try while R2 is away', async () => {
    const { url } = await publicImage()
    const fails = () => Promise.reject(new Error('R2 is away'))
    const away = anybody.with({ bucket: bucketWith({ get: fails as R2Bucket['get'], head: fails }) })
    expect(await away.get(url)).toMatchObject({ status: 503, json: { code: 'temporarily_unavailable' } })
    expect((await away.get(url, { headers: { Range: 'bytes=0-1' } })).status).toBe(503)
  })

  it.each([
    '/media/tracks/x/y/z.track',
    '/media/images/x/y/z.jpg',
    '/media/images/00000000-0000-4000-8000-000000000000/00000000-0000-4000-8000-000000000000/AAAAAAAAAAAAAAAAAAAAAA.jpg',
    '/media/images/00000000-0000-4000-8000-000000000000/00000000-0000-4000-8000-000000000000/AAAAAAAAAAAAAAAAAAAAAA_300.jpg',
    '/media/images/00000000-0000-4000-8000-000000000000/00000000-0000-4000-8000-000000000000/AAAAAAAAAAAAAAAAAAAAAA.svg',
    '/media/share-cards/00000000-0000-4000-8000-000000000000/00000000-0000-4000-8000-000000000000/AAAAAAAAAAAAAAAAAAAAAA.png',
    '/media/walk-photos/00000000-0000-4000-8000-000000000000/00000000-0000-4000-8000-000000000000/AAAAAAAAAAAAAAAAAAAAAA.jpg',
    '/media/images/..%2F..%2Ftracks/y/AAAAAAAAAAAAAAAAAAAAAA.jpg',
  ])('%s is nothing', async (path) => {
    expect(await anybody.get(path)).toMatchObject(missing)
  })
})

describe('the photos of a walk that is not shared', () => {
  it('open only to a signature, the photo and its thumbnails to the same one, for five minutes at most', async () => {
    const { owner, id, photo, thumbnail } = await walkPhoto()
    for (const url of [photo, thumbnail, thumbnail.replace('_400.', '_200.')]) {
      const { status, headers } = await anybody.get(url)
      expect(status).toBe(200)
      const [, seconds] = /^private, max-age=(\d+), immutable$/.exec(headers.get('Cache-Control') ?? '') ?? []
      expect(Number(seconds)).toBeGreaterThan(0)
      expect(Number(seconds)).toBeLessThanOrEqual(300)
      expect(await anybody.get(bare(url))).toMatchObject(missing)
      expect(await owner.get(bare(url))).toMatchObject(missing)
      expect(await anybody.with({ media: inSeconds(301) }).get(url)).toMatchObject(missing)
    }
    const { photos } = (await owner.get(`/walks/${id}`)).json
    expect((await anybody.get(photos[0].photo_url)).status).toBe(200)
  })

  it('open to no signature that was made for something else, or made up', async () => {
    const [mine, theirs] = await Promise.all([walkPhoto(), walkPhoto()])
    const query = (url: string) => url.slice(url.indexOf('?'))
    expect(await anybody.get(bare(mine.photo) + query(theirs.photo))).toMatchObject(missing)
    const { searchParams } = new URL(mine.photo, 'http://api')
    const [expires, signature] = [Number(searchParams.get('expires')), searchParams.get('signature')!]
    const forged = [
      `?expires=${expires + 150}&signature=${signature}`,
      `?expires=${expires}&signature=${signature.slice(0, -2)}AA`,
      `?expires=${expires}&signature=${signature}A`,
      `?expires=x&signature=${signature}`,
      `?signature=${signature}`,
      `?expires=${expires}`,
      `?expires=Infinity&signature=${'A'.repeat(43)}`,
    ]
    for (const wrong of forged) expect(await anybody.get(bare(mine.photo) + wrong)).toMatchObject(missing)
    const other = createMediaSignatures({ keys: ['another secret of at least thirty-two characters'], now: () => new Date() })
    expect(await anybody.with({ media: other }).get(mine.photo)).toMatchObject(missing)
  })

  it('stay open while the key is being changed', async () => {
    const { photo } = await walkPhoto()
    const rotated = createMediaSignatures({
      keys: ['a new secret of at least thirty-two characters', workerVars.JWT_SECRET_KEY],
      now: () => new Date(),
    })
    expect((await anybody.with({ media: rotated }).get(photo)).status).toBe(200)
  })
})

describe('the photos of a shared walk', () => {
  it('are for everybody, from the moment it is shared until it no longer is', async () => {
    const { owner, id, photo, thumbnail } = await walkPhoto()
    const both = async () => Promise.all([photo, thumbnail].map(async (url) => (await anybody.get(bare(url))).status))
    expect(await both()).toEqual([404, 404])
    await owner.patch(`/walks/${id}`, { shared_to_feed: true })
    expect(await both()).toEqual([200, 200])
    expect((await owner.get(`/walks/${id}`)).json.photos[0]).toMatchObject({ photo_url: bare(photo), thumbnail_url: bare(thumbnail) })
    expect((await anybody.get(bare(photo))).headers.get('Cache-Control')).toBe('public, max-age=300')
    await owner.patch(`/walks/${id}`, { shared_to_feed: false })
    expect(await both()).toEqual([404, 404])
  })

  it('are gone with the walk or its owner, at once, and come back with the walk', async () => {
    const { owner, id, photo } = await walkPhoto({ shared_to_feed: true })
    await owner.delete(`/walks/${id}`)
    expect((await anybody.get(photo)).status).toBe(404)
    await owner.post(`/walks/${id}/restore`)
    expect((await anybody.get(photo)).status).toBe(200)
    await owner.delete('/users/me')
    expect((await anybody.get(photo)).status).toBe(404)
  })

  it('are gone when they are deleted, each by itself', async () => {
    const { owner, id, photo, photo_id } = await walkPhoto({ shared_to_feed: true })
    const other = (await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())).json
    expect((await owner.delete(`/walks/${id}/photos/${photo_id}`)).status).toBe(204)
    expect((await anybody.get(photo)).status).toBe(404)
    expect((await anybody.get(other.photo_url)).status).toBe(200)
  })
})
