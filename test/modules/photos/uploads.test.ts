import { describe, expect, it } from 'vitest'
import { createApi, createTestDeps, type Api } from '../../support/api.ts'
import { bucketWith } from '../../support/buckets.ts'
import { injectFault } from '../../support/faults.ts'
import { countExif, heicOfSize, join, jpegOfSize, tracesIn } from '../../support/image-files.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto, inspectPhoto, makePhoto } from '../../support/photos.ts'
import { addPet, startWalk, walk } from '../../support/walks.ts'

const anybody = createApi()
const objectsOf = async (prefix: string) => (await createTestDeps().bucket.list({ prefix })).objects.map(({ key }) => key)
const photosOf = async (api: Api) =>
  (await createTestDeps().db.execute(`SELECT 1 FROM photos WHERE user_id = '${api.user?.user_id}'`)).rows.length
const nameOf = (url: string) => url.replace(/\?.*/, '')
const isRed = ([red = 0, green = 0, blue = 0]: readonly number[]) => red > 200 && green < 60 && blue < 60

describe('a photo from a phone', () => {
  it.each([1, 3, 6, 8])(
    'of twelve megapixels and orientation %s is stored upright, small, and without where it was taken',
    async (orientation) => {
      const owner = await signUp()
      const { id } = await walk(owner, [await addPet(owner)], { more: { shared_to_feed: true } })
      const file = await makePhoto({ width: 4_032, height: 3_024, orientation, has_gps: true, has_profile: true })
      expect(file.length).toBeGreaterThan(1_000_000)
      const { status, json } = await owner.post(`/upload/walk-photo/${id}`, file)
      const turned = orientation >= 5
      expect([status, json]).toEqual([201, { ...json, width: turned ? 900 : 1_200, height: turned ? 1_200 : 900 }])

      // The red quarter is the first that the camera read; where it is to be seen depends on how the phone was held.
      const corner = { 1: [20, 20], 3: [json.width - 60, json.height - 60], 6: [json.width - 60, 20], 8: [20, json.height - 60] }[
        orientation
      ]!
      const { bytes } = await anybody.get(json.photo_url)
      const stored = await inspectPhoto(bytes, [[corner[0]!, corner[1]!, 40, 40]])
      expect(stored).toMatchObject({ format: 'jpeg', width: json.width, height: json.height, orientation: 1, has_metadata: false })
      expect(isRed(stored.colors[0]!.mean)).toBe(true)
      expect(bytes.length).toBeLessThan(500_000)

      for (const side of [200, 400]) {
        const thumbnail = await anybody.get(json.thumbnail_url.replace('_400.', `_${side}.`))
        const small = await inspectPhoto(thumbnail.bytes)
        expect([Math.max(small.width, small.height), small.has_metadata]).toEqual([side, false])
        expect(tracesIn(thumbnail.bytes)).toEqual([])
      }
      expect(tracesIn(file)).not.toEqual([])
      expect([tracesIn(bytes), countExif(bytes)]).toEqual([[], 0])
    },
  )

  it.each(['progressive-jpeg', 'png', 'webp'] as const)('may be %s, and becomes JPEG', async (format) => {
    const owner = await signUp()
    const { json, status } = await owner.post('/upload/image', await freshPhoto({ format, has_gps: true }))
    expect(status).toBe(201)
    const { bytes, headers } = await anybody.get(json.photo_url)
    expect(headers.get('Content-Type')).toBe('image/jpeg')
    expect((await inspectPhoto(bytes)).format).toBe('jpeg')
    expect(tracesIn(bytes)).toEqual([])
  })

  it('is as large as it was where that is small already', async () => {
    const owner = await signUp()
    const { json } = await owner.post('/upload/image', await makePhoto({ width: 90, height: 60 }))
    expect(json).toMatchObject({ width: 90, height: 60 })
  })

  it('may come as a form or as the body itself, under any name and type', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const form = new FormData()
    form.append('lat', '37.51')
    form.append('lng', '127.02')
    form.append('taken_at', '2026-11-24T08:30:00+09:00')
    form.append('file', new Blob([await freshPhoto()], { type: 'text/plain' }), '../../안녕.exe')
    expect((await owner.post(`/upload/walk-photo/${id}`, undefined, { raw: form })).status).toBe(201)
    const headers = { 'Content-Type': 'application/octet-stream' }
    const query = 'lat=37.52&lng=127.03&taken_at=2026-11-24T08:20:00%2B09:00'
    expect((await owner.post(`/upload/walk-photo/${id}?${query}`, undefined, { raw: await freshPhoto(), headers })).status).toBe(201)
    const { json } = await owner.get(`/walks/${id}`)
    expect(json.photos.map(({ lat, lng, taken_at }: any) => [lat, lng, new Date(taken_at).toISOString()])).toEqual([
      [37.52, 127.03, '2026-11-23T23:20:00.000Z'],
      [37.51, 127.02, '2026-11-23T23:30:00.000Z'],
    ])
  })
})

describe('what is not taken', () => {
  const limits = [
    ['/upload/image', 10],
    ['/upload/pet-profile/:pet', 5],
  ] as const

  it.each(limits)('is a file that is too large for %s (%s MB), however it comes', async (route, megabytes) => {
    const owner = await signUp()
    const path = route.replace(':pet', await addPet(owner))
    const large = new Uint8Array(megabytes * 1_048_576 + 1)
    large.set(await makePhoto())
    const tooLarge = { status: 413, json: { code: 'body_too_large' } }
    expect(await owner.post(path, large)).toMatchObject(tooLarge)
    const form = new FormData()
    form.append('file', new Blob([large]), 'a.jpg')
    expect(await owner.post(path, undefined, { raw: form })).toMatchObject(tooLarge)
    // One byte less is a photo with padding behind it.
    expect((await owner.post(path, large.slice(0, -1))).status).toBe(201)
  })

  it('is read no further than it may be long', async () => {
    const owner = await signUp()
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1_048_576
        controller.enqueue(new Uint8Array(1_048_576))
        if (sent > 200_000_000) controller.close()
      },
    })
    const { status } = await owner.post('/upload/image', undefined, { raw: endless, headers: { 'Content-Type': 'image/jpeg' } })
    expect(status).toBe(413)
    expect(sent).toBeLessThan(16_000_000)
  })

  it('is no file, two files, or a form that is none', async () => {
    const owner = await signUp()
    const missing = { status: 422, json: { code: 'validation_failed', errors: [{ path: 'body.file' }] } }
    const two = new FormData()
    two.append('file', new Blob([await freshPhoto()]), 'a.jpg')
    two.append('file', new Blob([await freshPhoto()]), 'b.jpg')
    const none = new FormData()
    none.append('photo', new Blob([await freshPhoto()]), 'a.jpg')
    expect(await owner.post('/upload/image')).toMatchObject(missing)
    expect(await owner.post('/upload/image', undefined, { raw: two })).toMatchObject(missing)
    expect(await owner.post('/upload/image', undefined, { raw: none })).toMatchObject(missing)
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x', 'multipart/form-data; boundary="'])
      expect((await owner.post('/upload/image', undefined, { raw: 'no form', headers: { 'Content-Type': type } })).status).toBe(400)
  })

  it.each([
    ['lat=37.5', 'lat'],
    ['lat=95&lng=127', 'lat'],
    ['lat=x&lng=127', 'lat'],
    ['lat=&lng=127', 'lat'],
    ['lat=37.5&lng=%20', 'lng'],
    ['lat=0x25&lng=127', 'lat'],
    ['lat=37.5&lng=127&taken_at=yesterday', 'taken_at'],
  ])('is a place or a time that cannot be: ?%s', async (query, field) => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const { status, json } = await owner.post(`/upload/walk-photo/${id}?${query}`, await freshPhoto())
    expect([status, json.errors[0].path.endsWith(field)]).toEqual([422, true])
    const form = new FormData()
    for (const [name, value] of new URLSearchParams(query)) form.append(name, value)
    form.append('file', new Blob([await freshPhoto()]), 'a.jpg')
    expect((await owner.post(`/upload/walk-photo/${id}`, undefined, { raw: form })).status).toBe(422)
    expect(await photosOf(owner)).toBe(0)
  })

  it('leaves nothing behind: neither row nor object', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    for (const file of [jpegOfSize(20_000, 20_000), (await freshPhoto()).slice(0, -9), join('<svg/>'), heicOfSize(800, 600)])
      expect((await owner.post(`/upload/pet-profile/${pet}`, file)).status).toBeGreaterThanOrEqual(400)
    expect(await photosOf(owner)).toBe(0)
    expect(await objectsOf(`pet-profiles/${owner.user.user_id}/`)).toEqual([])
  })

  it('is a photo that looks whole and cannot be decoded', async () => {
    const owner = await signUp()
    const photo = await freshPhoto()
    const cut = join(photo.subarray(0, photo.length / 2), [0xff, 0xd9])
    expect(await owner.post('/upload/image', cut)).toMatchObject({ status: 422, json: { code: 'image_malformed' } })
  })

  it('is a HEIC that the image service cannot read, and the answer names what it can', async () => {
    const { status, json } = await (await signUp()).post('/upload/image', heicOfSize(800, 600))
    expect([status, json.code, json.detail]).toEqual([415, 'image_unsupported', expect.stringContaining('JPEG, PNG, WebP')])
  })
})

describe('the same file again', () => {
  it('is the same photo, at once or later, and no object is left of the other', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const file = await freshPhoto()
    const answers = await Promise.all([1, 2, 3].map(() => owner.post(`/upload/walk-photo/${id}`, file)))
    answers.push(await owner.post(`/upload/walk-photo/${id}`, file))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect(new Set(answers.map(({ json }) => `${json.id} ${nameOf(json.photo_url)}`)).size).toBe(1)
    expect((await owner.get(`/walks/${id}`)).json.photos).toHaveLength(1)
    expect(await objectsOf(`walk-photos/${owner.user.user_id}/`)).toHaveLength(3)
  })

  it('is another photo of another walk, and of another person', async () => {
    const [owner, other] = await Promise.all([signUp(), signUp()])
    const file = await freshPhoto()
    const [a, b] = [await owner.post('/upload/image', file), await other.post('/upload/image', file)]
    expect(a.json.photo_url).not.toBe(b.json.photo_url)
  })

  it('two photos at once are two', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const large = await Promise.all([1, 2].map((n) => makePhoto({ width: 4_000 + n, height: 3_000, has_gps: true })))
    const answers = await Promise.all(large.map((file) => owner.post(`/upload/walk-photo/${id}`, file)))
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect((await owner.get(`/walks/${id}`)).json.photos).toHaveLength(2)
  })
})

describe("a pet's photo", () => {
  it('shows wherever the pet does, to everybody, and takes the place of the one before', async () => {
    const [owner, other] = await Promise.all([signUp(), signUp()])
    const pet = await addPet(owner)
    expect((await owner.get(`/pets/${pet}`)).json).toMatchObject({ photo_url: null, thumbnail_url: null })
    const first = (await owner.post(`/upload/pet-profile/${pet}`, await freshPhoto({ orientation: 6 }))).json
    const second = (await owner.post(`/upload/pet-profile/${pet}`, await makePhoto({ width: 1_600, height: 1_200 }))).json
    expect(second).toMatchObject({ width: 800, height: 600 })
    const shown = { photo_url: second.photo_url, thumbnail_url: second.thumbnail_url }
    expect((await owner.get(`/pets/${pet}`)).json).toMatchObject(shown)
    expect((await owner.get('/users/me')).json.primary_pet).toMatchObject(shown)
    expect((await other.get(`/users/${owner.user.user_id}`)).json.pets).toMatchObject([shown])
    const thumbnail = await anybody.get(second.thumbnail_url)
    expect(await inspectPhoto(thumbnail.bytes)).toMatchObject({ width: 200, height: 150 })
    expect(first.photo_url).not.toBe(second.photo_url)
    expect(await photosOf(owner)).toBe(1)
  })

  it('is nobody else’s to set, nor of a pet that is gone', async () => {
    const [owner, other] = await Promise.all([signUp(), signUp()])
    const pet = await addPet(owner)
    const file = await freshPhoto()
    expect(await other.post(`/upload/pet-profile/${pet}`, file)).toMatchObject({ status: 404, json: { code: 'pet_not_found' } })
    await owner.delete(`/pets/${pet}`)
    expect((await owner.post(`/upload/pet-profile/${pet}`, file)).status).toBe(404)
    expect(await objectsOf(`pet-profiles/${owner.user.user_id}/`)).toEqual([])
  })

  it('of several at once is one, and the others’ objects are to go', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const answers = await Promise.all([1, 2, 3, 4].map(async () => owner.post(`/upload/pet-profile/${pet}`, await freshPhoto())))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect(await photosOf(owner)).toBe(1)
    const prefix = `pet-profiles/${owner.user.user_id}/`
    const { rows } = await createTestDeps().db.execute<{ key: string }>(
      `SELECT payload ->> 'object_key' AS key FROM outbox WHERE type = 'uploads.delete_objects' AND payload ->> 'object_key' LIKE '${prefix}%'`,
    )
    // A job that is done may have left the outbox, and its objects are gone then.
    const nameIn = (key: string) => key.slice(prefix.length).split('/')[1]!.slice(0, 22)
    const going = rows.map(({ key }) => nameIn(key))
    const staying = (await objectsOf(prefix)).map(nameIn).filter((name) => !going.includes(name))
    expect(new Set(staying).size).toBe(1)
  })
})

describe('the photos of a walk', () => {
  it('may come while it is being walked, and are counted when it ends', async () => {
    const owner = await signUp()
    const id = await startWalk(owner, [await addPet(owner)])
    for (let n = 0; n < 3; n++) expect((await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())).status).toBe(201)
    expect((await owner.get(`/walks/${id}`)).json.photos).toHaveLength(3)
  })

  it('are thirty at most, however many come at once', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const photos = await Promise.all(Array.from({ length: 36 }, (_, n) => makePhoto({ width: 64, height: 64 + n, quality: 50 })))
    // Photos that small need no service, and so many of them no time.
    const quick = owner.with({ images: null })
    const answers: { status: number; json: any }[] = []
    for (let n = 0; n < 28; n++) answers.push(await quick.post(`/upload/walk-photo/${id}`, photos[n]))
    answers.push(...(await Promise.all(photos.slice(28).map((photo) => quick.post(`/upload/walk-photo/${id}`, photo)))))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(30)
    expect(answers.filter(({ status, json }) => status === 409 && json.code === 'photo_limit_reached')).toHaveLength(6)
    expect((await owner.get(`/walks/${id}`)).json.photos).toHaveLength(30)
    expect(await objectsOf(`walk-photos/${owner.user.user_id}/${id}/`)).toHaveLength(30)
    // The last one again is no thirty-first.
    const again = answers.findIndex(({ status }) => status === 201)
    expect((await quick.post(`/upload/walk-photo/${id}`, photos[again])).status).toBe(201)
  })

  it('count for badges, and no more once they are deleted', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const { id } = await walk(owner, [pet])
    const badge = async () => (await owner.get('/badges')).json.find(({ code }: { code: string }) => code === 'sp_photo10')
    const uploaded: string[] = []
    for (let n = 0; n < 10; n++) {
      expect(await badge()).toMatchObject({ progress_value: n, status: n === 0 ? 'locked' : 'in_progress' })
      uploaded.push((await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())).json.id)
    }
    expect(await badge()).toMatchObject({ status: 'earned' })
    const gained = async () =>
      (
        await createTestDeps().db.execute(
          `SELECT value::int FROM metric_totals WHERE user_id = '${owner.user.user_id}' AND metric = 'walk_photos'`,
        )
      ).rows
    expect(await gained()).toEqual([{ value: 10 }])
    expect((await owner.delete(`/walks/${id}/photos/${uploaded[0]}`)).status).toBe(204)
    expect(await gained()).toEqual([{ value: 9 }])
    expect(await badge()).toMatchObject({ status: 'earned' })
    await owner.delete(`/walks/${id}`)
    expect(await gained()).toEqual([{ value: 0 }])
  })

  it('stay with their owner: others neither add nor delete', async () => {
    const [owner, other] = await Promise.all([signUp(), signUp()])
    const { id } = await walk(owner, [await addPet(owner)], { more: { shared_to_feed: true } })
    const { json } = await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())
    expect((await other.post(`/upload/walk-photo/${id}`, await freshPhoto())).status).toBe(404)
    expect((await other.delete(`/walks/${id}/photos/${json.id}`)).status).toBe(404)
    const theirs = await walk(other, [await addPet(other)])
    expect((await other.delete(`/walks/${theirs.id}/photos/${json.id}`)).status).toBe(204)
    expect((await owner.get(`/walks/${id}`)).json.photos).toHaveLength(1)
  })

  it('show others neither their place nor their time, only their order', async () => {
    const [owner, other] = await Promise.all([signUp(), signUp()])
    const { id, json } = await walk(owner, [await addPet(owner)], { more: { shared_to_feed: true } })
    const [lng, lat] = json.walk.route.coordinates[5]
    for (const minute of [40, 20])
      await owner.post(`/upload/walk-photo/${id}?lat=${lat}&lng=${lng}&taken_at=2026-11-24T08:${minute}:31Z`, await freshPhoto())
    await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())
    const [mine, theirs] = await Promise.all([owner, other].map(async (api) => (await api.get(`/walks/${id}`)).json.photos))
    expect(mine.map((photo: any) => photo.taken_at?.slice(14, 16))).toEqual(['20', '40', undefined])
    expect(mine.slice(0, 2)).toMatchObject([
      { lat, lng },
      { lat, lng },
    ])
    expect(theirs.map((photo: any) => photo.id)).toEqual(mine.map((photo: any) => photo.id))
    for (const photo of theirs) expect(photo).toMatchObject({ lat: null, lng: null, taken_at: null })
  })
})

describe('when something fails on the way', () => {
  const refuse = () => Promise.reject(new Error('R2 is away'))
  const failingPut = (fails: (key: string) => boolean) =>
    bucketWith({
      put: (key: string, ...rest: [any, any]) => (fails(key) ? refuse() : createTestDeps().bucket.put(key, ...rest)),
    } as Partial<R2Bucket>)

  it.each([
    ['the photo', (key: string) => !/_[24]00\.jpg$/.test(key)],
    ['a thumbnail', (key: string) => key.endsWith('_400.jpg')],
    ['everything', () => true],
  ])('R2 not taking %s leaves no row and no object, and the photo can be sent again', async (_, fails) => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const file = await freshPhoto()
    const failed = await owner.with({ bucket: failingPut(fails) }).post(`/upload/walk-photo/${id}`, file)
    expect(failed).toMatchObject({ status: 503, json: { code: 'temporarily_unavailable' } })
    expect(failed.headers.get('Retry-After')).toBe('1')
    expect(await photosOf(owner)).toBe(0)
    expect(await objectsOf(`walk-photos/${owner.user.user_id}/`)).toEqual([])
    expect((await owner.post(`/upload/walk-photo/${id}`, file)).status).toBe(201)
    expect((await owner.get(`/walks/${id}`)).json.photos).toHaveLength(1)
  })

  it('an answer that was lost is given again, with the photo that was stored', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const file = await freshPhoto()
    await injectFault({ host: 'neon', cut: 'after', key: owner.user.user_id, match: 'INSERT INTO photos' })
    expect((await owner.post(`/upload/walk-photo/${id}`, file)).status).toBe(503)
    const { json } = await owner.post(`/upload/walk-photo/${id}`, file)
    expect((await owner.get(json.photo_url)).status).toBe(200)
    expect(await photosOf(owner)).toBe(1)
  })
})
