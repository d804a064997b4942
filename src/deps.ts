import { createAccessTokens, type AccessTokens } from './core/access-token.ts'
import type { Apps } from './core/apps.ts'
import { type ArchiveSeals, createArchiveSeals } from './core/archive-seals.ts'
import { createCursors, type Cursors } from './core/cursor.ts'
import { createKeyedIds, type KeyedIds } from './core/idempotency.ts'
import { createKeyedHashes, type KeyedHashes } from './core/keyed-hashes.ts'
import { createKeyedSeeds, type KeyedSeeds } from './core/keyed-seeds.ts'
import { createMediaSignatures, type MediaSignatures } from './core/media.ts'
import { createRoomTickets, type RoomTickets } from './core/room-ticket.ts'
import { type Config, readConfig } from './config.ts'
import { createDb, type Db, type DbOptions } from './db/client.ts'
import { createCache, createRedis, type Cache } from './redis/client.ts'
import { type AirKorea, createAirKorea } from './vendors/airkorea/airkorea.ts'
import { createAppStore, type AppStore } from './vendors/app-store/app-store.ts'
import { createAppleLogin, type AppleLogin } from './vendors/apple/login.ts'
import { createFcm, type Fcm } from './vendors/google/fcm.ts'
import { createPlay, type Play } from './vendors/google/play.ts'
import { createVendorFetch } from './vendors/http.ts'
import { createKakaoLocal, type KakaoLocal } from './vendors/kakao/local.ts'
import { createKakaoLogin, type KakaoLogin } from './vendors/kakao/login.ts'
import { createKma, type Kma } from './vendors/kma/kma.ts'
import { createNaverLogin, type NaverLogin } from './vendors/naver/login.ts'
import { createToss, type Toss } from './vendors/toss/payments.ts'
import { type CityParks, createCityParks } from './vendors/public-data/city-parks.ts'
import { createLicences, type Licences } from './vendors/public-data/licences.ts'
import { createVault, type Vault } from './core/vault.ts'

/** Everything outside the process that services use. */
export interface Deps {
  readonly db: Db
  readonly cache: Cache
  readonly pingRedis: () => Promise<unknown>
  readonly bucket: R2Bucket
  /** Resizes photos. Null for an account without Cloudflare Images. */
  readonly images: ImagesBinding | null
  /** Files that are deployed with the Worker. */
  readonly assets: Fetcher
  readonly jobs: Queue
  /** Notifications to be pushed. */
  readonly pushes: Queue
  /** Parts of crons' tasks. */
  readonly tasks: Queue
  /**
   * Makes the alarm ring when something falls due. Call it after the statement that made it due. It never rejects, and it may be lost, because the hourly cron
   * finds in Postgres what is due.
   */
  readonly wakeAt: (at: Date) => Promise<void>
  /** Live rooms, by the id of their invitation. */
  readonly rooms: Env['WALK_ROOMS']
  readonly now: () => Date
  /** Lets work go on after the answer. It may be cut short, so work that must happen does not rely on it. */
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly accessTokens: AccessTokens
  readonly roomTickets: RoomTickets
  /** Signs the addresses of photos that are not public. */
  readonly media: MediaSignatures
  /** Keys of refresh tokens: the current one first, and the previous one while rotating. */
  readonly refreshKeys: readonly [string, ...string[]]
  readonly vault: Vault
  readonly keyedIds: KeyedIds
  readonly keyedSeeds: KeyedSeeds
  readonly keyedHashes: KeyedHashes
  /** Seals archives that this server has made, and signs their links. */
  readonly archiveSeals: ArchiveSeals
  /** Whether purchases of a store's sandbox make everybody premium. In production they do so for testers alone. */
  readonly countsSandbox: boolean
  /** Seals the position at which a page of a list ends. */
  readonly cursors: Cursors
  /** Where this API is reached. The Host header is not used, because the sender writes it. */
  readonly publicOrigin: string
  readonly apps: Apps
  readonly kakao: KakaoLogin
  readonly naver: NaverLogin
  readonly apple: AppleLogin
  readonly appStore: AppStore
  readonly kakaoLocal: KakaoLocal
  /** Registers of animal hospitals and pharmacies. */
  readonly licences: Licences
  readonly cityParks: CityParks
  readonly kma: Kma
  readonly airKorea: AirKorea
  readonly fcm: Fcm
  readonly toss: Toss
  readonly play: Play
}

/** There is one alarm for everything. */
const DUE_ALARM = 'due'

/** The only place that constructs dependencies. Each one is made when it is first used. */
export function createDeps(env: Env, ctx: Pick<ExecutionContext, 'waitUntil'>, dbOptions: DbOptions = {}): Deps {
  const config = readConfig(env)
  const now = () => new Date()
  const fetch = createVendorFetch(config.VENDOR_GATEWAY)
  const redis = once(() => createRedis({ url: config.UPSTASH_REDIS_REST_URL, token: config.UPSTASH_REDIS_REST_TOKEN }))
  return lazily<Deps>({
    db: () => createDb(config.DATABASE_URL, { endpoint: config.NEON_ENDPOINT, ...dbOptions }),
    cache: () => createCache(redis),
    pingRedis: () => () => redis().ping(),
    bucket: () => env.BUCKET,
    // When wrangler.toml leaves the binding out, the generated type does not have it.
    images: () => ('IMAGES' in env ? (env.IMAGES as ImagesBinding) : null),
    assets: () => env.ASSETS,
    jobs: () => env.JOBS,
    pushes: () => env.PUSHES,
    tasks: () => env.TASKS,
    wakeAt: () => (at) =>
      env.DUE_ALARM.getByName(DUE_ALARM)
        .wake(at.getTime())
        .catch((error: unknown) => {
          console.warn(JSON.stringify({ level: 'warn', message: 'the alarm could not be set', error: String(error) }))
        }),
    rooms: () => env.WALK_ROOMS,
    now: () => now,
    waitUntil: () => (work) => ctx.waitUntil(work),
    accessTokens: () => createAccessTokens({ keys: config.JWT_SECRET_KEY, now }),
    roomTickets: () => createRoomTickets({ keys: config.JWT_SECRET_KEY, now }),
    media: () => createMediaSignatures({ keys: config.JWT_SECRET_KEY, now }),
    refreshKeys: () => config.JWT_SECRET_KEY,
    vault: () => createVault(config.TOKEN_ENCRYPTION_KEY),
    keyedIds: () => createKeyedIds(config.TOKEN_ENCRYPTION_KEY),
    keyedSeeds: () => createKeyedSeeds(config.TOKEN_ENCRYPTION_KEY),
    keyedHashes: () => createKeyedHashes(config.TOKEN_ENCRYPTION_KEY),
    archiveSeals: () => createArchiveSeals(config.TOKEN_ENCRYPTION_KEY),
    countsSandbox: () => config.ENVIRONMENT !== 'production',
    cursors: () => createCursors(config.TOKEN_ENCRYPTION_KEY),
    publicOrigin: () => config.PUBLIC_ORIGIN,
    apps: () => appsOf(config),
    kakao: () => createKakaoLogin({ fetch, now, config }),
    naver: () => createNaverLogin({ fetch, config }),
    apple: () => createAppleLogin({ fetch, now, config }),
    appStore: () => createAppStore({ fetch, now, config }),
    kakaoLocal: () => createKakaoLocal({ fetch, config }),
    licences: () => createLicences({ fetch, config }),
    cityParks: () => createCityParks({ fetch, config }),
    kma: () => createKma({ fetch, now, config }),
    airKorea: () => createAirKorea({ fetch, config }),
    fcm: () => createFcm({ fetch, now, account: config.FCM_SERVICE_ACCOUNT }),
    toss: () => createToss({ fetch, config }),
    play: () => createPlay({ fetch, now, config }),
  })
}

function appsOf(config: Config): Apps {
  const appOn = (store_id?: string, minimum?: string, latest?: string) => ({
    store_id: store_id ?? null,
    minimum_version: minimum ?? null,
    latest_version: latest ?? null,
  })
  return {
    ios: appOn(config.APPLE_APP_ID, config.IOS_MINIMUM_VERSION, config.IOS_LATEST_VERSION),
    android: appOn(config.ANDROID_APP_ID, config.ANDROID_MINIMUM_VERSION, config.ANDROID_LATEST_VERSION),
    ios_link_ids: config.APPLE_LINK_APP_IDS ?? [],
    android_fingerprints: config.ANDROID_CERT_FINGERPRINTS ?? [],
    support: { email: config.SUPPORT_EMAIL ?? null, url: config.SUPPORT_URL ?? null },
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** An object whose properties are made when they are first read. */
function lazily<T extends object>(makers: { [K in keyof T]: () => T[K] }): T {
  const target = {}
  for (const [name, make] of Object.entries(makers) as [string, () => unknown][]) {
    Object.defineProperty(target, name, { get: once(make), enumerable: true })
  }
  // The parameter's type ensures that every key of T has a maker.
  return target as T
}
