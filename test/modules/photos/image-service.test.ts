import { describe, expect, it } from 'vitest'
import { createApi, createTestDeps, type Api } from '../../support/api.ts'
import { heicOfSize, join, jpegOfSize, toLatin1, tracesIn } from '../../support/image-files.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto, inspectPhoto, makePhoto } from '../../support/photos.ts'

const anybody = createApi()
const photosOf = async (api: Api) =>
  (await createTestDeps().db.execute(`SELECT 1 FROM photos WHERE user_id = '${api.user?.user_id}'`)).rows.length

describe('what phones send', () => {
  it('keeps its colours, be it JPEG, PNG or WebP', async () => {
    const owner = await signUp()
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const { json } = await owner.post('/upload/image', await freshPhoto({ format, has_profile: true }))
      const { colors } = await inspectPhoto((await anybody.get(json.photo_url)).bytes, [[20, 20, 100, 100]])
      for (const [channel, value] of [224, 32, 32].entries()) expect(Math.abs(colors[0]!.mean[channel]! - value)).toBeLessThan(6)
    }
  })

  it('may have fifty megapixels, and be a panorama', async () => {
    const owner = await signUp()
    const large = await makePhoto({ width: 16_000, height: 3_100, is_plain: true })
    expect(await owner.post('/upload/image', large)).toMatchObject({ status: 201, json: { width: 1_200 } })
  })

  it('is stored without what was behind the picture, with the image service and without it', async () => {
    const owner = await signUp()
    for (const api of [owner, owner.with({ images: null })]) {
      for (const format of ['jpeg', 'png', 'webp'] as const) {
        const { json, status } = await api.post('/upload/image', join(await freshPhoto({ format }), '<script>alert(1)</script>'))
        expect(status).toBe(201)
        const { bytes } = await anybody.get(json.photo_url)
        expect(toLatin1(bytes)).not.toContain('<script>')
      }
    }
  })
})

describe('what the image service refuses', () => {
  const refusing = (code: number) => {
    const output = () => Promise.reject(Object.assign(new Error('refused'), { code }))
    return { input: () => ({ transform: () => ({ output }) }) } as unknown as ImagesBinding
  }

  it.each([
    [9412, 'image_unsupported'],
    [9520, 'image_unsupported'],
    [9402, 'image_too_many_pixels'],
    [9413, 'image_too_many_pixels'],
    [9516, 'image_malformed'],
    [9523, 'image_malformed'],
  ])('with %s is %s', async (code, problem) => {
    const owner = (await signUp()).with({ images: refusing(code) })
    expect(await owner.post('/upload/image', await freshPhoto())).toMatchObject({ json: { code: problem } })
    expect(await photosOf(owner)).toBe(0)
  })

  it.each([9412, 9516, 9520, 9523])(
    'with %s and is HEIC is a format that is not taken, and the answer names those that are',
    async (code) => {
      const owner = (await signUp()).with({ images: refusing(code) })
      const { status, json } = await owner.post('/upload/image', heicOfSize(800, 600))
      expect([status, json.code, json.detail]).toEqual([415, 'image_unsupported', expect.stringContaining('JPEG, PNG, WebP')])
    },
  )

  it('because it is busy is kept as it was sent, unless that is more than a phone can show', async () => {
    const owner = (await signUp()).with({ images: refusing(9529) })
    expect((await owner.post('/upload/image', await freshPhoto())).status).toBe(201)
    expect((await owner.post('/upload/image', jpegOfSize(9_000, 8_000))).status).toBe(503)
  })
})

describe('without the image service', () => {
  it('a photo has at most as many pixels as a phone can show', async () => {
    const owner = (await signUp()).with({ images: null })
    const tooMany = { status: 422, json: { code: 'image_too_many_pixels' } }
    expect(await owner.post('/upload/image', jpegOfSize(8_160, 6_120))).toMatchObject({ status: 201, json: { width: 8_160 } })
    expect(await owner.post('/upload/image', jpegOfSize(16_384, 3_900))).toMatchObject({ status: 201 })
    expect(await owner.post('/upload/image', jpegOfSize(16_385, 100))).toMatchObject(tooMany)
    expect(await owner.post('/upload/image', jpegOfSize(8_001, 8_000))).toMatchObject(tooMany)
  })

  it('a photo is kept at its size, lossless, without where it was taken, and is its own thumbnail', async () => {
    const owner = (await signUp()).with({ images: null })
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const file = await freshPhoto({ format, orientation: 6, has_gps: true })
      const { status, json } = await owner.post('/upload/image', file)
      expect([status, json.photo_url]).toEqual([201, json.thumbnail_url])
      const { bytes, headers } = await anybody.get(json.photo_url)
      expect(headers.get('Content-Type')).toBe(`image/${format}`)
      expect(tracesIn(bytes)).toEqual([])
      const [sent, stored] = [await inspectPhoto(file, [[5, 5, 50, 50]]), await inspectPhoto(bytes, [[5, 5, 50, 50]])]
      expect(stored).toMatchObject({ width: sent.width, height: sent.height, orientation: 6, colors: sent.colors })
      expect([json.width, json.height]).toEqual([sent.height, sent.width])
    }
  })

  it('HEIC is refused, which nothing else reads', async () => {
    const owner = (await signUp()).with({ images: null })
    expect(await owner.post('/upload/image', heicOfSize(800, 600))).toMatchObject({ status: 415, json: { code: 'image_unsupported' } })
  })

  it('that has nothing left to give this month, a photo is taken all the same; HEIC is to be sent again', async () => {
    const refusing = {
      input: () => ({ transform: () => ({ output: () => Promise.reject(Object.assign(new Error('usage limit'), { code: 9422 })) }) }),
    } as unknown as ImagesBinding
    const owner = (await signUp()).with({ images: refusing })
    expect((await owner.post('/upload/image', await freshPhoto())).status).toBe(201)
    expect(await owner.post('/upload/image', heicOfSize(800, 600))).toMatchObject({
      status: 503,
      json: { code: 'temporarily_unavailable' },
    })
  })

  it('HEIC goes to the service where there is one, and what comes back is cleaned too', async () => {
    const leaky = await makePhoto({ width: 300, height: 200, has_gps: true })
    const service = {
      input: () => ({ transform: () => ({ output: async () => ({ response: () => new Response(leaky) }) }) }),
    } as unknown as ImagesBinding
    const owner = (await signUp()).with({ images: service })
    const { json, status } = await owner.post('/upload/image', heicOfSize(800, 600))
    expect([status, json.width, json.height]).toEqual([201, 300, 200])
    const { bytes } = await anybody.get(json.photo_url)
    expect(tracesIn(bytes)).toEqual([])
  })
})
