import { expect, it } from 'vitest'
import { join } from '../../support/image-files.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto, makePhoto } from '../../support/photos.ts'
import { addPet, walk } from '../../support/walks.ts'

const headers = { 'Content-Type': 'multipart/form-data; boundary=xYz' }
const part = (name: string, content: Uint8Array | string) =>
  join('--xYz\r\n', `Content-Disposition: form-data; name="${name}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`, content, '\r\n')
const place = '--xYz\r\nContent-Disposition: form-data; name="lat"\r\n\r\n95\r\n'

it.each([
  ['a line break', '\r\n'],
  ['a preamble', 'This is a preamble\r\n'],
  ['a preamble that speaks of the boundary', 'the boundary is --xYz\r\n\r\nas above\r\n'],
  ['nothing', ''],
])('may begin with %s, and no part of it is lost', async (_, preamble) => {
  const owner = await signUp()
  const form = join(preamble, part('file', await freshPhoto()), '--xYz--\r\n', 'and an epilogue')
  expect((await owner.post('/upload/image', undefined, { raw: form, headers })).status).toBe(201)
  const { id } = await walk(owner, [await addPet(owner)])
  const nowhere = join(preamble, place, part('file', await freshPhoto()), '--xYz--\r\n')
  expect((await owner.post(`/upload/walk-photo/${id}`, undefined, { raw: nowhere, headers })).status).toBe(422)
})

it.each([0, 1, 7, 64, 1_000])('may come in pieces of any size: %s bytes', async (size) => {
  const owner = await signUp()
  const form = join('\r\n', part('file', await makePhoto({ width: 32, height: 24 })), '--xYz--', '\r\n', 'and an epilogue')
  const raw = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < form.length; at += size || form.length) controller.enqueue(form.subarray(at, at + (size || form.length)))
      controller.close()
    },
  })
  expect((await owner.post('/upload/image', undefined, { raw, headers })).status).toBe(201)
})

it('is told which field is missing where it names its photo otherwise, or has none', async () => {
  const owner = await signUp()
  for (const form of [
    join(part('photo', await freshPhoto()), '--xYz--'),
    join(place, '--xYz--'),
    join('--xYz--'),
    join(part('file', ''), '--xYz--'),
  ])
    expect(await owner.post('/upload/image', undefined, { raw: form, headers })).toMatchObject({
      status: 422,
      json: { code: 'validation_failed', errors: [{ path: 'body.file' }] },
    })
})
