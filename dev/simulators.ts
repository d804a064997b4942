import { z } from 'zod'
import { createFaults, type Faults, faultSchema } from './faults.ts'
import type { startNeonProxy } from './neon-proxy.ts'
import { createPlayground } from './playground.ts'
import { createRequestLog } from './request-log.ts'
import { serve } from './server.ts'
import { appleLoginSchema, createApple } from './vendors/apple.ts'
import { createAppStore } from './vendors/app-store.ts'
import { APP_STORE_CONTROLS } from './vendors/app-store/control.ts'
import { clockSchema, createClock } from './vendors/clock.ts'
import { createGoogle } from './vendors/google.ts'
import { createGoogleOauth } from './vendors/google-oauth.ts'
import { createKakao, kakaoLoginSchema } from './vendors/kakao.ts'
import { createKakaoLocal, KAKAO_LOCAL_CONTROLS } from './vendors/kakao-local.ts'
import { createNaver, naverLoginSchema } from './vendors/naver.ts'
import { createToss, TOSS_CONTROLS } from './vendors/toss.ts'
import { createPlay } from './vendors/play.ts'
import { PLAY_CONTROLS } from './vendors/play/controls.ts'
import { createPublicData, PUBLIC_DATA_CONTROLS } from './vendors/public-data/gateway.ts'
import { createPlaceSources, PLACES_CONTROLS } from './vendors/public-data/places.ts'
import { createHost, readControl, type Vendor } from './vendors/vendor.ts'
import { createWeatherProvider, WEATHER_CONTROLS } from './vendors/weather.ts'

export interface SimulatorOptions {
  port?: number
  faults?: Faults
  neon?: Pick<Awaited<ReturnType<typeof startNeonProxy>>, 'stats' | 'resetStats'>
  /** The Worker's address, for the vendors' notices. */
  workerUrl?: string
  /** Makes what the Worker has read of the weather an hour older. */
  letWeatherHourPass?: () => Promise<object>
}

const CONTROLS = {
  'POST /_sim/login': 'what an app holds after a login: {provider: kakao|naver|apple, id, email?, nickname?, …}',
  'POST /_sim/faults':
    'something to go wrong: {host, path?, match?, key?, status?, body?, headers?, delay_ms?, cut?: before|after, times?}',
  'GET /_sim/faults': 'the faults still to come; DELETE forgets them',
  'GET /_sim/requests': 'what vendors were asked, oldest first: ?host=&path=&key=',
  'GET /_sim/neon/stats': '{requests, statements}; DELETE resets',
  'POST /_sim/reset': 'forgets users, codes, tokens, faults, requests and counts',
  'POST /_sim/clock':
    'moves the time at the vendors, and lets happen what has fallen due: {now, for?: account token, customer key or purchase}',
  'GET /_sim/kakao/users/{id}': '{linked, tokens}',
  'POST /_sim/kakao/unlink':
    'unlinks in Kakao and sends the webhook: {id, to?, method?, content_type?, admin_key?, app_id?, referrer_type?}',
  'POST /_sim/kakao/token': 'an id_token of any claims: {…claims, sign?: rs256|none|hs256|unknown_kid|wrong_key}',
  'POST /_sim/kakao/rotate': 'a new signing key',
  'GET /_sim/naver/users/{id}': '{revoked, tokens}',
  'GET /_sim/apple/users/{sub}': '{revoked, refresh_tokens}',
  'POST /_sim/apple/notify':
    'sends a signed notice: {sub, type, to?, jti?, aud?, iss?, email?, event_time?, events_as?: text|object, sign?}',
  'POST /_sim/apple/token': 'an identity token of any claims: {…claims, sign?}',
  'POST /_sim/apple/rotate': 'a new signing key',
  'GET /_sim/fcm/messages': 'what was pushed, oldest first: ?token=; DELETE forgets it',
  'POST /_sim/fcm/tokens':
    'what becomes of messages to a device: {token, state: ok|unregistered|sender_id_mismatch|invalid|apns_unregistered|quota|unavailable|internal}',
  'POST /_sim/fcm/withdraw': 'access tokens given out so far are good no longer',
  ...APP_STORE_CONTROLS,
  ...TOSS_CONTROLS,
  ...PLAY_CONTROLS,
  ...PUBLIC_DATA_CONTROLS,
  ...WEATHER_CONTROLS,
  'POST /_sim/weather/hour': 'makes what the Worker has read of the weather an hour older, so that it asks anew',
  ...PLACES_CONTROLS,
  ...KAKAO_LOCAL_CONTROLS,
}

/** Every vendor at `/{host}{path}`, control routes for tests and people at `/_sim`, and a page for people at `/playground`. */
export async function startSimulators({
  port = 0,
  faults = createFaults(),
  neon,
  workerUrl = 'http://127.0.0.1:8787',
  letWeatherHourPass = async () => ({ cells: 0 }),
}: SimulatorOptions = {}) {
  const [kakao, apple] = await Promise.all([createKakao({ workerUrl }), createApple({ workerUrl })])
  const naver = createNaver()
  const clock = createClock()
  const oauth = createGoogleOauth()
  const play = await createPlay({ workerUrl, clock, oauth })
  const stores = [createToss({ clock, workerUrl }), createAppStore({ workerUrl, clock }), play]
  const places = createPlaceSources({ clock })
  const publicData = createPublicData({ clock, providers: [createWeatherProvider({ clock }), ...places.providers] })
  const kakaoLocal = createKakaoLocal({ licences: places.registerOf })
  const vendors: Vendor[] = [kakao, kakaoLocal, naver, apple, oauth, createGoogle({ oauth }), ...stores, publicData]
  const hosts = new Map(vendors.flatMap((vendor) => Object.entries(vendor.hosts)))
  const log = createRequestLog()
  const loginSchema = z.discriminatedUnion('provider', [kakaoLoginSchema, naverLoginSchema, appleLoginSchema])

  const control = createHost().basePath('/_sim')
  control.get('/', (c) => c.json({ hosts: [...hosts.keys()], control: CONTROLS }))
  control.post('/login', async (c) => {
    const input = await readControl(c, loginSchema)
    if (input.provider === 'kakao') return c.json(await kakao.login(input))
    if (input.provider === 'naver') return c.json(naver.login(input))
    return c.json(await apple.login(input))
  })
  control.get('/faults', (c) => c.json({ faults: faults.list() }))
  control.post('/faults', async (c) => {
    const fault = await readControl(c, faultSchema)
    faults.add(fault)
    return c.json(fault, 201)
  })
  control.delete('/faults', (c) => {
    faults.clear()
    return c.body(null, 204)
  })
  control.get('/requests', (c) => c.json({ requests: log.list(c.req.query()) }))
  control.delete('/requests', (c) => {
    log.clear()
    return c.body(null, 204)
  })
  control.post('/clock', async (c) => {
    const input = await readControl(c, clockSchema)
    clock.set(input)
    const happened: object[] = []
    for (const { advance } of vendors) happened.push(...((await advance?.(input.for)) ?? []))
    return c.json({ happened })
  })
  control.post('/weather/hour', async (c) => c.json(await letWeatherHourPass()))
  control.get('/neon/stats', (c) => c.json(neon?.stats() ?? { requests: 0, statements: 0 }))
  control.delete('/neon/stats', (c) => {
    neon?.resetStats()
    return c.body(null, 204)
  })
  control.post('/reset', (c) => {
    for (const vendor of vendors) vendor.reset?.()
    clock.reset()
    faults.clear()
    log.clear()
    neon?.resetStats()
    return c.body(null, 204)
  })
  for (const vendor of vendors) if (vendor.control) control.route('/', vendor.control)
  control.notFound((c) => c.json({ error: 'no such control; GET /_sim lists them' }, 404))
  const playground = createPlayground({
    logIn: (person) => kakao.login(kakaoLoginSchema.parse({ provider: 'kakao', ...person })),
    control: (request) => control.fetch(request),
  })
  const ours = new Map([
    ['_sim', control],
    ['playground', playground],
  ])

  const server = await serve({
    port,
    handle(request, body) {
      const { host, path } = addressOf(request)
      const own = ours.get(host)
      if (own) return own.fetch(request)
      const vendor = hosts.get(host)
      if (!vendor) return Response.json({ error: `no simulator for ${host}; there are ${[...hosts.keys()].join(', ')}` }, { status: 501 })
      log.add({ host, path, method: request.method, headers: Object.fromEntries(request.headers), body })
      return vendor.fetch(new Request(`https://${host}${path}`, request))
    },
    fault(request, body) {
      const { host, path } = addressOf(request)
      if (ours.has(host)) return undefined
      const headers = [...request.headers.values()]
      return faults.take({ host, path, statements: [body], texts: [path, decode(path), body, decode(body), ...headers] })
    },
  })
  return server
}

/** `/kapi.kakao.com/v2/user/me?a=b` is `/v2/user/me?a=b` on kapi.kakao.com. */
function addressOf(request: Request): { host: string; path: string } {
  const { pathname, search } = new URL(request.url)
  const [, host = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(pathname) ?? []
  return { host, path: `${rest || '/'}${search}` }
}

/** Decodes percent-encoding, so that a fault's key may be written plainly. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
