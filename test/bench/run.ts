import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { buildBundle, startWorker } from '../../dev/bundle.ts'
import { migrate } from '../../dev/migrate.ts'
import { connectPostgres, describeError } from '../../dev/postgres-client.ts'
import { seed } from '../../dev/seed.ts'
import { startCloud } from '../../dev/stack.ts'
import { readOptions } from '../../dev/launcher/options.ts'
import { benchAccuracy } from './accuracy.bench.ts'
import type { Bench, BenchContext } from './bench.ts'
import { benchCompletion } from './completion.bench.ts'
import { benchExport } from './export.bench.ts'
import { benchFeed } from './feed.bench.ts'
import { startFloor } from './floor.ts'
import { benchHeat } from './heat.bench.ts'
import { benchHistory } from './history.bench.ts'
import { benchHome } from './home.bench.ts'
import { benchIdle } from './idle.bench.ts'
import { benchImports } from './import.bench.ts'
import { benchMeasuring } from './measuring.bench.ts'
import { benchMeetups } from './meetups.bench.ts'
import { startMeter } from './meter.ts'
import { benchPayments } from './payments.bench.ts'
import { benchPeer } from './peer.bench.ts'
import { benchPlaces } from './places.bench.ts'
import { benchPrivacy } from './privacy.bench.ts'
import { benchPush } from './push.bench.ts'
import { benchRankings } from './rankings.bench.ts'
import { benchGrades } from './grades.bench.ts'
import { benchRecommendations } from './recommendations.bench.ts'
import { benchStats } from './stats.bench.ts'
import { benchRefresh } from './refresh.bench.ts'
import { benchRenewals } from './renewals.bench.ts'
import { toTable, withSection } from './results.ts'
import { benchRooms } from './rooms.bench.ts'
import { benchSearch } from './search.bench.ts'
import { benchSocial } from './social.bench.ts'
import { benchWeather } from './weather.bench.ts'

const RESULTS = 'test/bench/results.md'
const BENCHES: Readonly<Record<string, Bench>> = {
  // The idle day comes first, as long as there are no users.
  idle: benchIdle,
  measuring: benchMeasuring,
  imports: benchImports,
  accuracy: benchAccuracy,
  privacy: benchPrivacy,
  refresh: benchRefresh,
  completion: benchCompletion,
  history: benchHistory,
  rooms: benchRooms,
  push: benchPush,
  payments: benchPayments,
  rankings: benchRankings,
  search: benchSearch,
  places: benchPlaces,
  feed: benchFeed,
  social: benchSocial,
  recommendations: benchRecommendations,
  stats: benchStats,
  grades: benchGrades,
  meetups: benchMeetups,
  renewals: benchRenewals,
  peer: benchPeer,
  weather: benchWeather,
  home: benchHome,
  export: benchExport,
  heat: benchHeat,
}
const stops: (() => Promise<unknown>)[] = []
async function stopAll() {
  for (const stop of stops.splice(0).toReversed()) await stop().catch((error: unknown) => console.error(describeError(error)))
}
function listenForSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Miniflare's own handler would end the process at once and leave the database behind.
    process.removeAllListeners(signal)
    process.once(signal, () => void stopAll().finally(() => process.exit(1)))
  }
}

/** `--scale=0.2`, `--only=refresh,completion`, `--write` */
function readArguments() {
  const values = readOptions('npm run bench --', 'speed and cost, on the Postgres at TEST_DATABASE_URL', {
    scale: { type: 'string', about: 'how much, 1 without it' },
    only: { type: 'string', about: `some of ${Object.keys(BENCHES).join(', ')}` },
    database: { type: 'string', about: 'an own database, which is made if it is not there, and kept with what a bench has loaded into it' },
    write: { type: 'boolean', about: `writes the figures to ${RESULTS}` },
  })
  const scale = Number(values.scale ?? 1)
  const names = values.only?.split(',') ?? Object.keys(BENCHES)
  const unknown = names.filter((name) => !BENCHES[name])
  if (unknown.length > 0) throw new Error(`no bench is called ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`)
  if (!(scale > 0)) throw new Error(`--scale=${values.scale} is no factor`)
  return { scale, names, database: values.database, isWritten: values.write ?? false }
}

async function createDatabase(server: string, kept: string | undefined): Promise<{ url: string; machine: string }> {
  const name = kept ?? `bench_${Date.now()}_${process.pid}`
  if (!/^\w+$/.test(name)) throw new Error(`--database=${name} is no name`)
  const admin = await connectPostgres(server)
  stops.push(() => admin.end())
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version')
  const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (!rowCount) await admin.query(`CREATE DATABASE ${name}`)
  if (!kept) stops.push(() => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
  const url = new URL(server)
  url.pathname = name
  const [cpu] = cpus()
  const machine = `${cpus().length} cores (${cpu?.model.trim() || 'unknown'}), Node ${process.version}, PostgreSQL ${rows[0]?.server_version}`
  return { url: url.href, machine }
}

async function prepare(databaseUrl: string, scale: number): Promise<BenchContext> {
  const cloud = await startCloud({
    databaseUrl,
    async prepare(url) {
      await migrate(url)
      await seed(url)
    },
  })
  stops.push(cloud.stop)
  const meter = await startMeter(cloud.neonEndpoint)
  stops.push(meter.stop)
  const bundle = await buildBundle()
  const worker = await startWorker(bundle, {
    NEON_ENDPOINT: meter.endpoint,
    UPSTASH_REDIS_REST_URL: cloud.redisUrl,
    VENDOR_GATEWAY: cloud.simulatorsUrl,
  })
  stops.push(worker.stop)
  if (worker.cpuMs() === null) throw new Error('only Linux tells what CPU a process has used (/proc); the benchmarks run there')
  const floor = await startFloor()
  stops.push(floor.stop)
  return { scale, databaseUrl, cloud, bundle, worker, floor, meter }
}

/** The commit that is measured, `-dirty` where files have changed since. */
const describeCommit = () => execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { encoding: 'utf8' }).trim()

try {
  const { scale, names, database, isWritten } = readArguments()
  const server = process.env.TEST_DATABASE_URL
  if (!server)
    throw new Error('TEST_DATABASE_URL says on which Postgres to measure (with PostGIS, and the right to create databases), and is not set')
  listenForSignals()
  const startedAt = performance.now()
  const { url, machine } = await createDatabase(server, database)
  const context = await prepare(url, scale)
  listenForSignals()
  const commit = describeCommit()
  for (const name of names) {
    const began = performance.now()
    const result = await BENCHES[name]!(context)
    const table = typeof result === 'string' ? result : toTable(result)
    console.log(`\n${name}, measured in ${Math.round((performance.now() - began) / 1_000)} s\n\n${table}`)
    if (isWritten) {
      const heading = scale === 1 ? name : `${name}, scale ${scale}`
      const content = `${new Date().toISOString().slice(0, 10)}, commit ${commit}: ${machine}.\n\n${table}`
      writeFileSync(RESULTS, withSection(readFileSync(RESULTS, 'utf8'), heading, content))
    }
  }
  console.log(
    `\n${machine}\n\n${Math.round((performance.now() - startedAt) / 1_000)} s in all${isWritten ? `, written to ${RESULTS}` : ''}`,
  )
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
} finally {
  await stopAll()
}
