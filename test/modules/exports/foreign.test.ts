import { sql } from 'drizzle-orm'
import { zipSync } from 'fflate'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { type Manifest, SCHEMA_VERSION, sealedText, writeManifest } from '../../../src/modules/exports/archives/manifest.ts'
import { crc32 } from '../../../src/modules/exports/archives/zip.ts'
import { contentOf, type Entry } from '../../../src/modules/exports/restore/zip-reader.ts'
import { createTestDeps } from '../../support/api.ts'
import { exportAll, type Files, jsonOf, textOf } from '../../support/exports.ts'
import { importBytes } from '../../support/imports.ts'
import { signUp } from '../../support/login.ts'
import { bytesOf, gpx } from '../../support/recordings.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { addPet, freshTrack, walk } from '../../support/walks.ts'

const { archiveSeals } = createTestDeps()
const MB = 1024 ** 2
const OWN = { kind: 'withbowwow' }

afterEach(() => vi.unstubAllGlobals())

/** What somebody has. Only walks may come out of an archive that is not as this server made it. */
async function standingOf(person: Person) {
  const [row] = await listRows(sql`
    SELECT (SELECT count(*)::int FROM pets WHERE user_id = ${idOf(person)}) AS pets,
           (SELECT coalesce(json_agg(source::text), '[]') FROM walks WHERE user_id = ${idOf(person)}) AS walks,
           (SELECT count(*)::int FROM user_badges WHERE user_id = ${idOf(person)}) AS badges,
           (SELECT count(*)::int FROM archived_records WHERE user_id = ${idOf(person)}) AS records,
           (SELECT count(*)::int FROM photos WHERE user_id = ${idOf(person)}) AS photos`)
  return row
}
const NOTHING = { pets: 0, walks: [], badges: 0, records: 0, photos: 0 }
const TRACKS_ALONE = { ...NOTHING, walks: ['imported'] }

/** An archive with one walk. Its owner stays, because nothing of a foreign archive is refused for that. */
async function makeArchive() {
  const owner = await signUp()
  const { id } = await walk(owner, [await addPet(owner)])
  return { owner, walkId: id, ...(await exportAll(owner)) }
}

/** With another manifest, sealed or not. */
async function withManifest(files: Files, change: (manifest: Manifest) => Omit<Manifest, 'mac'>, mac?: string): Promise<Files> {
  const changed = change(jsonOf(files, 'manifest.json'))
  const sealed = { ...changed, mac: mac ?? (await archiveSeals.sealManifest(sealedText(changed))) }
  return { ...files, 'manifest.json': bytesOf(writeManifest(sealed)) }
}

/** Where the content of an entry begins, by its directory. */
function placeOf(zip: Uint8Array, name: string): { at: number; header: number } {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length)
  let header = view.getUint32(zip.length - 6, true)
  for (; ; header += 46 + view.getUint16(header + 28, true) + view.getUint16(header + 30, true) + view.getUint16(header + 32, true)) {
    const length = view.getUint16(header + 28, true)
    if (new TextDecoder().decode(zip.subarray(header + 46, header + 46 + length)) === name) break
  }
  const local = view.getUint32(header + 42, true)
  return { at: local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true), header }
}

describe('an archive of this server that is not as it was made', () => {
  it('of another version, with a manifest that lies, without one, or with a changed file gives its tracks alone, and says why', async () => {
    const { files, owner, walkId } = await makeArchive()
    const pets = bytesOf(textOf(files, 'pets.json').replace('초코', '보리'))
    const { 'manifest.json': _, ...unnamed } = files
    const lying = (change: Partial<Manifest['files'][number]>) =>
      withManifest(files, (manifest) => ({
        ...manifest,
        files: manifest.files.map((file) => (file.name === 'pets.json' ? { ...file, ...change } : file)),
      }))
    const cases: [Files, string][] = [
      [{ ...files, 'pets.json': pets }, 'archive_changed'],
      [unnamed, 'archive_unsealed'],
      [await withManifest(files, (manifest) => manifest, '0'.repeat(64)), 'archive_unsealed'],
      [
        await withManifest(files, (manifest) => ({ ...manifest, user_id: crypto.randomUUID() }), jsonOf(files, 'manifest.json').mac),
        'archive_unsealed',
      ],
      [{ ...files, 'manifest.json': bytesOf('{"schema_version": ') }, 'archive_unsealed'],
      [await withManifest(files, (manifest) => ({ ...manifest, schema_version: SCHEMA_VERSION + 1 })), 'archive_version_unknown'],
      // The next two could only be made with the server's key.
      [await lying({ bytes: 3 }), 'archive_changed'],
      [await lying({ sha256: '0'.repeat(64) }), 'archive_changed'],
      [{ ...files, '../../tracks/x.json': bytesOf('{}') }, 'archive_changed'],
    ]
    for (const [changed, why] of cases) {
      const again = await signUp()
      const { done, files: outcomes } = await importBytes(again, zipSync(changed), OWN)
      expect(done, why).toMatchObject({ state: 'done', reason: null, report: { foreign: why }, counts: { files: 1, imported: 1 } })
      expect(outcomes, why).toMatchObject([{ name: `tracks/${walkId}.gpx`, state: 'imported' }])
      expect(await standingOf(again), why).toEqual(TRACKS_ALONE)
    }
    // Its owner has the walk already, recorded.
    const mine = await importBytes(owner, zipSync({ ...files, 'pets.json': pets }), OWN)
    expect(mine.done).toMatchObject({ state: 'done', report: { foreign: 'archive_changed' }, counts: { files: 1, duplicate: 1 } })
    expect((await owner.get('/pets')).text).toContain('초코')
  })

  it.each([
    ['a recording, which is stored', (walkId: string) => `raw/${walkId}.track`, 'archive_changed'],
    ['a row, which is deflated', () => 'walks.ndjson', 'archive_unreadable'],
  ])('with one byte of %s changed gives its tracks alone', async (_, nameOf, why) => {
    const { zip, walkId } = await makeArchive()
    const broken = zip.slice()
    const { at } = placeOf(broken, nameOf(walkId))
    broken[at + 20]! ^= 0xff
    const again = await signUp()
    const { done } = await importBytes(again, broken, OWN)
    expect(done).toMatchObject({ state: 'done', counts: { files: 1, imported: 1 } })
    // What a changed byte makes of deflated text is anybody's guess.
    expect([why, 'archive_changed']).toContain(done.report.foreign)
    expect(await standingOf(again)).toEqual(TRACKS_ALONE)
  })

  it('that was cut short gives nothing, and says why', async () => {
    const { zip } = await makeArchive()
    for (const part of [zip.slice(0, -40), zip.slice(0, zip.length / 2), zip.slice(0, 100)]) {
      const again = await signUp()
      const { done } = await importBytes(again, part, OWN)
      expect(done).toMatchObject({ state: 'failed', reason: 'archive_unreadable', detail: expect.stringMatching(/[가-힣]/) })
      expect(await standingOf(again)).toEqual(NOTHING)
    }
  })

  it('claims nothing, so that the whole one can be restored later', async () => {
    const { owner, files } = await makeArchive()
    const finder = await signUp()
    await importBytes(
      finder,
      zipSync({ ...files, 'pets.json': bytesOf(textOf(files, 'pets.json').replace('"weight_kg" : 5', '"weight_kg" : 6')) }),
      OWN,
    )
    expect(await listRows(sql`SELECT 1 FROM archive_claims WHERE owner_id = ${idOf(owner)}`)).toEqual([])
  })
})

describe('an archive of somebody else', () => {
  it('who is here is refused as a whole', async () => {
    const { zip } = await makeArchive()
    const thief = await signUp()
    const { done } = await importBytes(thief, zip, OWN)
    expect(done).toMatchObject({
      state: 'failed',
      reason: 'archive_of_another',
      detail: expect.stringMatching(/^다른 계정의 데이터예요/),
      counts: { files: 0 },
    })
    expect(await standingOf(thief)).toEqual(NOTHING)
  })
})

describe('a hostile archive', () => {
  const expectFailed = async (bytes: Uint8Array, reason: string) => {
    const person = await signUp()
    const { done } = await importBytes(person, bytes, OWN)
    expect(done).toMatchObject({ state: 'failed', reason, detail: expect.stringMatching(/[가-힣]/) })
    expect(await standingOf(person)).toEqual(NOTHING)
  }

  it('of 70,000 files, which the directory cannot count, is refused', async () => {
    const files = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`${i}.gpx`, new Uint8Array(0)]))
    const zip = zipSync(files, { level: 0 })
    expect(new DataView(zip.buffer, zip.byteOffset).getUint16(zip.length - 12, true)).toBe(70_000 % 65_536)
    await expectFailed(zip, 'archive_too_large')
  })

  it('whose names lead elsewhere has nothing that is taken', async () => {
    const track = gpx(freshTrack({ agoMs: 400 * DAY_MS }))
    // A name is shown, and leads nowhere.
    const climber = await signUp()
    const climbing = zipSync({ '../../tracks/a.gpx': track, '../b.gpx': track, 'manifest.json': bytesOf('{}') })
    expect((await importBytes(climber, climbing, OWN)).files.map(({ state }) => state)).toEqual(['imported', 'duplicate'])
    const person = await signUp()
    const { files } = await importBytes(person, zipSync({ '/etc/a.gpx': track, 'C:\\b.gpx': track }), OWN)
    expect(files.map(({ name, state }) => [name, state])).toEqual([
      ['/etc/a.gpx', 'imported'],
      ['C:\\b.gpx', 'duplicate'],
    ])
    const keys = (await createTestDeps().bucket.list({ prefix: `tracks/${idOf(person)}/` })).objects.map(({ key }) => key)
    expect(keys).toEqual([expect.stringMatching(/^tracks\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/\w+\.track$/)])
  })

  it('with a name twice is none of ours, and its track is taken once', async () => {
    const { files, walkId } = await makeArchive()
    // Two names of one length, of which the second then becomes the first.
    const zip = Uint8Array.from(
      zipSync({ ...files, 'tracks/second.gpx': files[`tracks/${walkId}.gpx`]!, 'tracks/first-.gpx': files[`tracks/${walkId}.gpx`]! }),
    )
    const { header } = placeOf(zip, 'tracks/second.gpx')
    zip.set(bytesOf('tracks/first-.gpx'), header + 46)
    const person = await signUp()
    const { done } = await importBytes(person, zip, OWN)
    expect(done).toMatchObject({ report: { foreign: 'archive_unreadable' }, counts: { files: 3, imported: 1, duplicate: 2 } })
    expect(await standingOf(person)).toEqual(TRACKS_ALONE)
  })

  it.each([300 * MB, 47 * MB, 10])('with a bomb in it that says %i bytes ends early', async (bytes) => {
    const bomb = await makeBomb(300)
    expect(bomb.length).toBeLessThan(MB)
    const inflated = countInflated()
    await expectFailed(zipOf({ name: 'manifest.json', packed: bomb, bytes }), 'nothing_found')
    const { done, files } = await importBytes(await signUp(), zipOf({ name: 'tracks/a.gpx', packed: bomb, bytes }), OWN)
    if (bytes === 300 * MB) expect(done).toMatchObject({ state: 'failed', reason: 'archive_too_large' })
    else expect(files).toMatchObject([{ state: 'failed', reason: expect.stringMatching(/^(too_large|unreadable)$/) }])
    // What they say, or as much as a file may have, and one step of the inflater more.
    expect(inflated()).toBeLessThan(110 * MB)
  })

  it('of which an entry becomes 300 MB is inflated no further than it says', async () => {
    const stored = await makeBomb(300)
    const entry: Entry = { name: 'a', is_deflated: true, stored_bytes: stored.length, bytes: MB, offset: 0, end: 30 + stored.length }
    const stretch = new Uint8Array(entry.end)
    new DataView(stretch.buffer).setUint32(0, 0x04034b50, true)
    stretch.set(stored, 30)
    const inflated = countInflated()
    await expect(contentOf(entry, stretch, 0)).rejects.toThrow('more than it said')
    expect(inflated()).toBeGreaterThan(MB)
    expect(inflated()).toBeLessThan(4 * MB)
  })
})

/** A long nothing, deflated. */
async function makeBomb(megabytes: number): Promise<Uint8Array<ArrayBuffer>> {
  let left = megabytes
  const spaces = bytesOf(`<gpx>${' '.repeat(MB - 5)}`)
  const texts = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => (left-- > 0 ? controller.enqueue(spaces.slice()) : controller.close()),
  })
  return new Uint8Array(await new Response(texts.pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer())
}

/** A zip of one deflated entry, which says what it likes of its length. */
function zipOf({ name, packed, bytes }: { name: string; packed: Uint8Array; bytes: number }): Uint8Array<ArrayBuffer> {
  const text = bytesOf(name)
  const local = new DataView(new ArrayBuffer(30))
  const central = new DataView(new ArrayBuffer(46))
  const end = new DataView(new ArrayBuffer(22))
  local.setUint32(0, 0x04034b50, true)
  central.setUint32(0, 0x02014b50, true)
  for (const [view, at] of [
    [local, 8],
    [central, 10],
  ] as const) {
    view.setUint16(at, 8, true)
    view.setUint32(at + 6, crc32(new Uint8Array()), true)
    view.setUint32(at + 10, packed.length, true)
    view.setUint32(at + 14, bytes, true)
    view.setUint16(at + 18, text.length, true)
  }
  end.setUint32(0, 0x06054b50, true)
  end.setUint16(8, 1, true)
  end.setUint16(10, 1, true)
  end.setUint32(12, 46 + text.length, true)
  end.setUint32(16, 30 + text.length + packed.length, true)
  return Uint8Array.from([...[local].flatMap(partsOf), ...text, ...packed, ...partsOf(central), ...text, ...partsOf(end)])
}
const partsOf = (view: DataView) => [...new Uint8Array(view.buffer)]

/** Counts what comes out of every inflater from now on. */
function countInflated(): () => number {
  let bytes = 0
  const Real = DecompressionStream
  vi.stubGlobal(
    'DecompressionStream',
    class {
      readonly readable: ReadableStream<Uint8Array>
      readonly writable: WritableStream<Uint8Array>
      constructor(format: 'gzip' | 'deflate' | 'deflate-raw') {
        const real = new Real(format)
        this.writable = real.writable as WritableStream<Uint8Array>
        const reader = (real.readable as ReadableStream<Uint8Array>).getReader()
        this.readable = new ReadableStream<Uint8Array>(
          {
            async pull(controller) {
              const { done, value } = await reader.read()
              if (done) return controller.close()
              bytes += value.length
              controller.enqueue(value)
            },
            cancel: (reason) => reader.cancel(reason),
          },
          { highWaterMark: 0 },
        )
      }
    },
  )
  return () => bytes
}
