import * as fc from 'fast-check'
import FitParser from 'fit-file-parser'
import { describe, expect, it } from 'vitest'
import { makeWalk } from '../../../../dev/tracks.ts'
import type { Bytes, Chunks } from '../../../../src/modules/exports/imports/reading/bytes.ts'
import { readFile } from '../../../../src/modules/exports/imports/reading/file.ts'
import { Refusal } from '../../../../src/modules/exports/imports/reading/refusal.ts'
import { readActivities } from '../../../../src/modules/exports/imports/reading/strava.ts'
import { parseTime } from '../../../../src/modules/exports/imports/reading/times.ts'
import { rangeOf, readDirectory, unpackEntry } from '../../../../src/modules/exports/imports/reading/zip.ts'
import { fit } from '../../../support/fit.ts'
import { bytesOf, gpx, gpxOf, gpxTrack, gzip, tcx, utf16, zip } from '../../../support/recordings.ts'

const { track } = makeWalk(71, { is_hard: false, length_m: 900 })
const times = Array.from(track.time_ms, Math.round)

async function* inChunks(bytes: Uint8Array<ArrayBuffer>, size = 1_000): Chunks {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const read = (bytes: Uint8Array<ArrayBuffer>, size?: number) => readFile(inChunks(bytes, size), () => undefined)

/** What is read, or why not. */
const outcome = (bytes: Uint8Array<ArrayBuffer>): Promise<unknown> =>
  read(bytes).catch((error: unknown) => (error instanceof Refusal ? error.problem : Promise.reject(error)))

function expectTrack(found: Awaited<ReturnType<typeof read>>[number] | undefined, degrees = 7) {
  expect(Array.from(found!.track.time_ms)).toEqual(times)
  for (const [i, lat] of track.lat.entries()) {
    expect(found!.track.lat[i]).toBeCloseTo(lat, degrees - 1)
    expect(found!.track.lng[i]).toBeCloseTo(track.lng[i]!, degrees - 1)
  }
}

describe('GPX', () => {
  it('is read with its segments as one track, and without waypoints, routes and extensions', async () => {
    const [found, ...more] = await read(gpx(track, { type: 'Walking' }))
    expect(more).toEqual([])
    expectTrack(found)
    expect(found!.sport).toBe('walk')
    expect(found!.track.altitude_m?.[3]).toBe(23)
  })

  it('is read in any pieces, with prefixes, in UTF-16, in CP949 and packed', async () => {
    expect.hasAssertions()
    expectTrack((await read(gpx(track, { prefix: 'g:' }), 7))[0])
    const text = gpxOf([gpxTrack(track)], { encoding: 'UTF-16' })
    expectTrack((await read(utf16(text)))[0])
    expectTrack((await read(utf16(text, false)))[0])
    expectTrack((await read(gzip(gpx(track)), 3))[0])
    const bytes = new TextEncoder().encode(gpxOf([gpxTrack(track)], { encoding: 'EUC-KR' }))
    // "모두의 산책" in CP949.
    const korean = bytesOf('모두의 산책').length
    const at = new TextDecoder().decode(bytes).indexOf('모두의')
    const head = bytes.subarray(0, bytesOf(new TextDecoder().decode(bytes).slice(0, at)).length)
    const rest = bytes.subarray(head.length + korean)
    const plain = bytesOf(new TextDecoder().decode(rest).replace('산책 &amp; 간식', ''))
    expectTrack((await read(Uint8Array.from([...head, 0xb8, 0xf0, 0xb5, 0xce, 0xc0, 0xc7, ...plain])))[0])
  })

  it('may begin with spaces, as TCX of Strava does', async () => {
    expect.hasAssertions()
    const text = new TextDecoder().decode(tcx(track))
    for (const pieces of [1, 3, 4_096]) expectTrack((await read(bytesOf(`          ${text}`), pieces))[0])
    expectTrack((await read(gzip(bytesOf(`\r\n${text}`))))[0])
  })

  it('may hold several tracks, each with what it was', async () => {
    const found = await read(bytesOf(gpxOf([gpxTrack(track, { type: 'running' }), gpxTrack(track), gpxTrack(track, { type: 'cycling' })])))
    expect(found.map(({ sport }) => sport)).toEqual(['run', null, 'other'])
    for (const one of found) expectTrack(one)
  })

  it('without tracks is empty, and without times has none', async () => {
    expect(await read(bytesOf(gpxOf([])))).toEqual([])
    const [found] = await read(gpx(track, { time: () => '' }))
    expect(Array.from(found!.track.time_ms).every(Number.isNaN)).toBe(true)
  })

  it('never expands entities', async () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`).join('')
    const bomb = `<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a0 "ha">${laughs}]><gpx><trk><name>&a9;</name></trk></gpx>`
    expect(await outcome(bytesOf(bomb))).toBe('unreadable')
    expect(await outcome(bytesOf('<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>'))).toBe('unreadable')
    expect(await outcome(bytesOf('<gpx><trk><name>&a9;</name></trk></gpx>'))).toBe('unreadable')
  })

  it('is refused where it is cut, too deep, too long in one place, or has too many points', async () => {
    expect(await outcome(gpx(track).subarray(0, 3_000))).toBe('unreadable')
    expect(await outcome(bytesOf('<gpx>'.repeat(100_000)))).toBe('unreadable')
    expect(await outcome(bytesOf(`<gpx a="${'x'.repeat(3_000_000)}"/>`))).toBe('unreadable')
    expect(await outcome(bytesOf(`<gpx><!--${'x'.repeat(3_000_000)}--></gpx>`))).toBe('unreadable')
    const point = '<trkpt lat="37" lon="127"/>'
    expect(await outcome(bytesOf(`<gpx><trk><trkseg>${point.repeat(200_001)}</trkseg></trk></gpx>`))).toBe('too_many_points')
    expect(await outcome(bytesOf('<gpx>' + '<trk/>'.repeat(101) + '</gpx>'))).toBe('too_large')
    expect(await outcome(bytesOf('<kml/>'))).toBe('unsupported_format')
    expect(await outcome(bytesOf('<?xml version="1.0" encoding="klingon"?><gpx/>'))).toBe('unsupported_encoding')
  })

  it('takes numbers and times for nothing else', async () => {
    const point = (lat: string, time: string) => `<trkpt lat="${lat}" lon="127"><time>${time}</time></trkpt>`
    const body = [point('NaN', 'yesterday'), point('Infinity', '2026-13-40T99:00:00Z'), point('1e999', ''), point('0x10', '12')].join('')
    const [found] = await read(bytesOf(`<gpx><trk><trkseg>${body}</trkseg></trk></gpx>`))
    expect(Array.from(found!.track.lat)).toEqual([Number.NaN, Number.NaN, Infinity, Number.NaN])
    expect(Array.from(found!.track.time_ms).every(Number.isNaN)).toBe(true)
  })
})

it('times have an offset, or are those of a clock in Korea', () => {
  const at = Date.parse('2026-05-01T00:30:15Z')
  for (const text of [
    '2026-05-01T00:30:15Z',
    '2026-05-01T09:30:15+09:00',
    '2026-05-01T09:30:15+0900',
    '2026-04-30T19:30:15-05',
    '2026-05-01T09:30:15',
  ])
    expect(parseTime(text)).toBe(at)
  expect(parseTime(' 2026-05-01 00:30:15,250z ')).toBe(at + 250)
  expect(parseTime('2026-05-01')).toBeNaN()
})

it('TCX is read without points that have no position, and courses are no walks', async () => {
  const [found] = await read(tcx(track, 'Running'))
  expectTrack(found)
  expect(found!.sport).toBe('run')
  expect((await read(tcx(track)))[0]!.sport).toBeNull()
  const course = new TextDecoder().decode(tcx(track)).replaceAll('Activities>', 'Courses>').replaceAll('Activity', 'Course')
  expect(await read(bytesOf(course))).toEqual([])
})

describe('FIT', () => {
  const seconds = times.map((at) => Math.round(at / 1_000) * 1_000)

  it.each([
    ['as watches write it', {}],
    ['with the great end first', { isBigEndian: true }],
    ['with times in the headers', { isCompressed: true }],
    ['with fields of other makers', { hasDeveloperFields: true, isCompressed: true }],
  ])('is read %s', async (_, options) => {
    const [found] = await read(fit(track, options))
    expect(found!.sport).toBe('walk')
    expect(Array.from(found!.track.time_ms)).toEqual(seconds)
    for (const [i, lat] of track.lat.entries()) {
      expect(found!.track.lat[i]).toBeCloseTo(lat, 6)
      expect(found!.track.lng[i]).toBeCloseTo(track.lng[i]!, 6)
    }
    expect(found!.track.altitude_m?.[0]).toBe(35)
  })

  it('is read as another reader reads it', async () => {
    const bytes = fit(track)
    const [found] = await read(bytes)
    const parsed = await new Promise<any>((resolve, reject) => {
      new FitParser({ force: false, mode: 'list' }).parse(bytes.buffer, (error: unknown, data: unknown) =>
        error ? reject(error as Error) : resolve(data),
      )
    })
    const records: { position_lat: number; timestamp: Date | string }[] = parsed.records
    expect(records.map(({ timestamp }) => new Date(timestamp).getTime())).toEqual(Array.from(found!.track.time_ms))
    for (const [i, { position_lat }] of records.entries()) expect(found!.track.lat[i]).toBeCloseTo(position_lat, 6)
  })

  it('says what was done, and may follow another file', async () => {
    expect((await read(fit(track, { sport: 2 })))[0]!.sport).toBe('other')
    expect((await read(fit(track, { sport: 1 })))[0]!.sport).toBe('run')
    expect((await read(fit(track, { sport: 0 })))[0]!.sport).toBeNull()
    expect(await read(Uint8Array.from([...fit(track), ...fit(track, { isBigEndian: true })]))).toHaveLength(2)
    expect(await read(gzip(fit(track)))).toHaveLength(1)
  })

  it('is refused where its checksum is wrong, or a byte is missing', async () => {
    const bytes = fit(track)
    bytes[200]! ^= 1
    expect(await outcome(bytes)).toBe('unreadable')
    for (const length of [9, 13, 14, 60, fit(track).length - 1])
      expect(await outcome(fit(track).subarray(0, length))).not.toBeInstanceOf(Array)
  })
})

describe('packed files', () => {
  it('that are bombs, cut, or packed twice are refused', async () => {
    expect(await outcome(gzip(bytesOf(`<gpx>${'<a/>'.repeat(2_000_000)}</gpx>`)))).toBe('too_large')
    expect(await outcome(gzip(gpx(track)).subarray(0, 400))).toBe('unreadable')
    expect(await outcome(gzip(gzip(gpx(track))))).toBe('nested_archive')
    expect(await outcome(zip({ 'a.gpx': gpx(track) }))).toBe('nested_archive')
  })
})

describe('a zip', () => {
  const rangesOf = (bytes: Uint8Array<ArrayBuffer>) => async (offset: number, length: number) =>
    bytes.slice(offset, Math.min(bytes.length, offset + length))
  const list = (bytes: Uint8Array<ArrayBuffer>) => readDirectory(rangesOf(bytes), bytes.length)

  async function readAllOf(bytes: Uint8Array<ArrayBuffer>) {
    const entries = (await list(bytes)) ?? []
    const found = new Map<string, Bytes>()
    for (const entry of entries) {
      const { offset, length } = rangeOf(entry)
      const parts: number[] = []
      for await (const part of unpackEntry(entry, inChunks(bytes.slice(offset, offset + length), 10), () => undefined)) parts.push(...part)
      found.set(entry.name, Uint8Array.from(parts))
    }
    return found
  }

  it('is read file by file, stored or deflated, whatever its names are', async () => {
    const files = {
      '산책/봄 날.gpx': bytesOf('하나'.repeat(300)),
      '../../etc/passwd.gpx': bytesOf('둘'),
      'empty.gpx': new Uint8Array(0),
      ['a'.repeat(300)]: bytesOf('셋'),
    }
    expect(await readAllOf(zip(files))).toEqual(new Map(Object.entries(files).map(([name, bytes]) => [name, Uint8Array.from(bytes)])))
  })

  it('of more than 5,000 files is not opened', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`${i}.gpx`, new Uint8Array(0)]))
    expect(await list(zip(many))).toBeNull()
  })

  it('whose directory lies about sizes gives not a byte more than it says', async () => {
    const bytes = zip({ 'a.gpx': bytesOf('x'.repeat(5_000)) })
    const view = new DataView(bytes.buffer)
    const end = bytes.length - 22
    const directory = view.getUint32(end + 16, true)
    view.setUint32(directory + 24, 10, true)
    await expect(readAllOf(bytes)).rejects.toThrow('unreadable')
    view.setUint32(directory + 24, 1_073_741_824, true)
    await expect(readAllOf(bytes)).rejects.toThrow('too_large')
  })
})

it('changed, cut or made-up files end in a reason and in nothing else', async () => {
  const short = makeWalk(72, { is_hard: false, length_m: 60 }).track
  const valid = [
    gpx(short),
    tcx(short),
    fit(short),
    fit(short, { isCompressed: true, hasDeveloperFields: true }),
    gzip(gpx(short)),
    gzip(fit(short)),
    utf16('<gpx><trk/></gpx>'),
  ]
  const magic = [
    [0x1f, 0x8b, 8, 0],
    [0x3c, 0x67],
    [14, 0x20, 0, 0, 100, 0, 0, 0, 0x2e, 0x46, 0x49, 0x54],
    [0xff, 0xfe, 0x3c, 0],
  ]
  const changed = fc
    .record({
      of: fc.nat(valid.length - 1),
      flips: fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { maxLength: 6 }),
      cut: fc.option(fc.nat(), { freq: 3 }),
      doubled: fc.boolean(),
    })
    .map(({ of, flips, cut, doubled }) => {
      const bytes = Uint8Array.from(doubled ? [...valid[of]!, ...valid[of]!] : valid[of]!)
      for (const { at, to } of flips) bytes[at % bytes.length] = to
      return cut === null ? bytes : bytes.slice(0, cut % bytes.length)
    })
  const madeUp = fc
    .tuple(fc.constantFrom(...magic), fc.uint8Array({ maxLength: 400 }))
    .map(([head, rest]) => Uint8Array.from([...head, ...rest]))
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, madeUp), async (bytes) => {
      const found = await outcome(bytes)
      expect(typeof found === 'string' || Array.isArray(found)).toBe(true)
    }),
    { numRuns: 1_500 },
  )
})

describe('activities.csv of Strava', () => {
  const csv = `\uFEFFActivity ID,Activity Date,Activity Name,Activity Type,Activity Description,Filename
1,"Jan 1, 2024","초코와, ""아침"" 산책
한 바퀴",Walk,,activities/1.gpx
2,"Jan 2, 2024",출근,Ride,"a, b",activities/2.fit.gz\r
3,"2024. 1. 3.",뛰기,달리기,,activities/3.tcx.gz
4,x,no file,Walk,,
5,x,Hm,Quidditch,,activities/5.gpx
6,x,walk.gpx,Walk,,activities/6.gpx`

  it('names the title and the kind of each file, in quotes, lines and languages', () => {
    expect(Object.fromEntries(readActivities(csv))).toEqual({
      'activities/1.gpx': { title: '초코와, "아침" 산책\n한 바퀴', sport: 'walk' },
      'activities/2.fit.gz': { title: '출근', sport: 'other' },
      'activities/3.tcx.gz': { title: '뛰기', sport: 'run' },
      'activities/5.gpx': { title: 'Hm', sport: null },
      'activities/6.gpx': { title: 'walk.gpx', sport: 'walk' },
    })
  })

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (a, b) => void readActivities(`${csv}${a}\n"${b}`)),
      { numRuns: 300 },
    )
  })
})
