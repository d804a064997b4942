import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { z } from 'zod'
import type { Track } from '../src/measuring/measure-track.ts'
import { completionBody } from './completion-body.ts'
import { randomFrom } from './random.ts'
import { movedTo, readRecordings, trackOfRecording } from './recordings.ts'
import { addNoise, mapTrack, pointAt, rotateTrack, shiftTrack } from './track-changes.ts'
import { makePair, makeRide } from './tracks.ts'
import { createHost, readControl, Refusal } from './vendors/vendor.ts'

/** The home and the start of everybody in the playground: 역삼동. */
const HOME = { lat: 37.5006, lng: 127.0364 }
/** A good phone under an open sky, because rooms refuse leaps and a calm line is easier to follow. */
const PHONE = { sampling: '1s', whiteM: 1.5, biasM: 3, spike: 0, dropouts: 0 } as const
const PACE_MPS = 1.2

const PAGE = 'dev/playground'
const PREACT = 'node_modules/htm/preact/standalone.module.js'
/** One face for Hangul and Latin, whatever the machine has. */
const FACE = 'node_modules/@fontsource-variable/noto-sans-kr'
const EMOJI = 'assets/fonts/noto-emoji-bold.ttf'
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
}
/** As a neighbour has one. */
const KAKAO_ID = /^\d{10}$/
const INLINE_SCRIPT = /<script type="importmap">([^]*?)<\/script>/

/** Allows nothing from elsewhere, and nothing inline but the page's import map. */
function policyOf(page: string): string {
  const importMap = createHash('sha256')
    .update(INLINE_SCRIPT.exec(page)?.[1] ?? '')
    .digest('base64')
  return `default-src 'self'; script-src 'self' 'sha256-${importMap}'; connect-src 'self' ws:; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
}

/** A track to walk. The two sides are the phones of two owners who walk it side by side. */
interface Course {
  readonly id: string
  readonly name: string
  readonly make: (seed: number, side: 0 | 1) => Track
}

const walked = (id: string, name: string, lengthM: number): Course => ({
  id,
  name,
  make: (seed, side) => makePair(seed, { length_m: lengthM, pace_mps: PACE_MPS, origin: HOME, phone: PHONE })[side].track,
})
const ridden = (id: 'car' | 'bus' | 'bicycle', name: string): Course => ({
  id,
  name,
  make: (seed) => makeRide(seed, id, { origin: HOME, is_hard: false }).track,
})

const MADE: readonly Course[] = [
  walked('walk-short', '짧은 산책 · 약 0.8 km', 800),
  walked('walk', '동네 한 바퀴 · 약 1.8 km', 1_800),
  walked('walk-long', '긴 산책 · 약 3.5 km', 3_500),
  ridden('car', '자동차'),
  ridden('bus', '버스'),
  ridden('bicycle', '자전거'),
]

/** Moves a recording to the home and turns it by the seed, because the same track twice is a replay. */
async function readCourses(folder: string | undefined): Promise<Course[]> {
  const recordings = (await readRecordings(folder)).filter(({ points }) => points.length > 1)
  return recordings.map((recording) => ({
    id: `recording-${recording.id}`,
    name: `녹화 · ${recording.id}`,
    make(seed, side) {
      const track = rotateTrack(movedTo(trackOfRecording(recording), HOME), randomFrom(seed).between(0, 360))
      return side === 0 ? track : addNoise(shiftTrack(track, { east_m: 6 }), seed, { drift_m: 4, drift_sec: 90 })
    },
  }))
}

const nameSchema = z.strictObject({ name: z.string().trim().min(1).max(40) })
const trackQuery = z.object({
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  side: z
    .enum(['0', '1'])
    .default('0')
    .transform((side) => (side === '0' ? 0 : 1)),
  ends_at: z.iso.datetime({ offset: true }).optional(),
  /** Only the first so many points, for a walk that ends early. */
  count: z.coerce.number().int().min(1).optional(),
})

export interface PlaygroundOptions {
  /** What the app would have after a login of that person. */
  logIn: (person: { id: string; nickname: string }) => Promise<{ access_token: string }>
  /** Answers what is asked of the simulators at `/_sim`. */
  control: (request: Request) => Response | Promise<Response>
  tracksDir?: string | undefined
}

/** A page at `/playground` on which two owners walk together, for development only. */
export function createPlayground({ logIn, control, tracksDir = process.env.TRACKS_DIR }: PlaygroundOptions) {
  let courses: Promise<readonly Course[]> | undefined
  const listCourses = () => (courses ??= readCourses(tracksDir).then((recorded) => [...MADE, ...recorded]))

  const app = createHost().basePath('/playground')
  app.use(async (c, next) => {
    await next()
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'no-referrer')
    c.header('Cache-Control', c.req.path.startsWith('/playground/fonts/') ? 'max-age=86400' : 'no-store')
  })
  app.get('/', async (c) => {
    const page = await readFile(join(PAGE, 'index.html'), 'utf8')
    return c.html(page, 200, { 'Content-Security-Policy': policyOf(page) })
  })
  app.get('/:path{(?:(?:views|home|outdoors|meetups|courses)/)?[a-z-]+\\.(?:js|css)}', (c) => answerFile(join(PAGE, c.req.param('path'))))
  app.get('/lib/preact.js', () => answerFile(PREACT))
  app.get('/fonts/emoji.ttf', () => answerFile(EMOJI))
  app.get('/fonts/:path{index\\.css|files/[a-z0-9-]+\\.woff2}', (c) => answerFile(join(FACE, c.req.param('path'))))
  app.get('/photo.jpg', async () => {
    // The library for images is only loaded for those who ask.
    const { takePhonePhoto } = await import('./phone-photo.ts')
    return new Response(new Uint8Array(await takePhonePhoto()), { headers: { 'Content-Type': 'image/jpeg' } })
  })

  app.post('/login', async (c) => {
    const { name } = await readControl(c, nameSchema)
    const { access_token } = await logIn({ id: kakaoIdOf(name), nickname: name })
    return c.json({ access_token })
  })

  // The page asks its own origin alone.
  app.all('/sim/:path{(?:toss|app-store|play|weather|kakao)/[\\w./-]+|clock|weather|faults}', (c) =>
    control(new Request(new URL(`/_sim/${c.req.param('path')}`, c.req.url), c.req.raw)),
  )

  app.get('/tracks', async (c) => c.json({ items: (await listCourses()).map(({ id, name }) => ({ id, name })) }))

  app.get('/tracks/:id', async (c) => {
    const course = (await listCourses()).find(({ id }) => id === c.req.param('id'))
    if (!course) throw new Refusal(404, { error: 'no such track; GET /playground/tracks lists them' })
    const query = trackQuery.safeParse(c.req.query())
    if (!query.success) throw new Refusal(422, { error: z.prettifyError(query.error) })
    const { seed, side, ends_at, count = Infinity } = query.data
    const begun = mapTrack(course.make(seed, side), (point, i) => (i < count ? point : null))
    const track = endingAt(begun, ends_at ? Date.parse(ends_at) : Date.now())
    const points = Array.from(track.time_ms, (_, i) => pointAt(track, i)).map(({ lng, lat, time_ms }) => [lng, lat, time_ms])
    return c.json({ id: course.id, name: course.name, points, completion: completionBody(track) })
  })

  app.notFound((c) => c.json({ error: 'no such page of the playground' }, 404))
  return app
}

/** The same person for the same name, in every run. A neighbour is named by their id. */
function kakaoIdOf(name: string): string {
  if (KAKAO_ID.test(name)) return name
  return String(1_000_000_000 + createHash('sha256').update(name).digest().readUInt32BE(0))
}

function endingAt(track: Track, endMs: number): Track {
  return shiftTrack(track, { time_ms: endMs - track.time_ms.reduce((latest, at) => Math.max(latest, at), 0) })
}

async function answerFile(path: string): Promise<Response> {
  const bytes = await readFile(path).catch(() => null)
  if (!bytes) throw new Refusal(404, { error: `there is no ${basename(path)}` })
  return new Response(new Uint8Array(bytes), { headers: { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' } })
}
