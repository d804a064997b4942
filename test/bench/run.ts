import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { buildBundle, startWorker } from '../../dev/bundle.ts'
import { migrate } from '../../dev/migrate.ts'
import { connectPostgres, describeError } from '../../dev/postgres-client.ts'
import { seed } from '../../dev/seed.ts'
import { startCloud } from '../../dev/stack.ts'
import type { Bench, BenchContext, Row } from './bench.ts'
import { benchCompletion } from './completion.bench.ts'
import { startFloor } from './floor.ts'
import { benchHistory } from './history.bench.ts'
import { benchIdle } from './idle.bench.ts'
import { benchMeasuring } from './measuring.bench.ts'
import { startMeter } from './meter.ts'
import { benchPush } from './push.bench.ts'
import { benchRankings } from './rankings.bench.ts'
import { benchRefresh } from './refresh.bench.ts'
import { benchRooms } from './rooms.bench.ts'

const RESULTS = 'test/bench/results.md'
const BENCHES: Readonly<Record<string, Bench>> = {
  // First, while nobody is there.
  idle: benchIdle,
  measuring: benchMeasuring,
  refresh: benchRefresh,
  completion: benchCompletion,
  history: benchHistory,
  rooms: benchRooms,
  push: benchPush,
  rankings: benchRankings,
}
const NOTES = `"CPU of the process" is all that workerd used for one request, as the kernel counts it. It holds what Cloudflare does elsewhere and does not bill: HTTP,
R2 and rate limits (Miniflare simulates both in the same process). "Less the same I/O" takes off what a Worker without our code needs to read the same
body, ask the same limits, write a line of log, put as many bytes into R2, send and receive as many to Postgres, and answer; that is the Worker CPU the bar speaks of. "Less GET
/health" takes off only an idle request. Medians are of warm isolates; requests come one at a time, a few
milliseconds apart, but where the scale says otherwise: a request alone also pays for waking the process up and for cold caches.

Fan-out of live rooms is from a position's being sent until somebody else has it; walkers, Postgres and servers share the cores. Of two, each position must arrive. More than
two hear the newest of everybody in at most one frame a second: their fan-out holds that wait, and lost is where somebody has not heard another's last position. Rooms store in memory;
"on disk" is with one disk under all of them, which waits for each commit in turn. Coming back in a storm is until the snapshot (until the connection is open, where there is none), with
tickets made before. An idle day, and what falls due in time, are simulated: crons, queues and the alarm run with a clock that jumps from
event to event, a trip taking 30 ms and a queue one or two seconds.`

const stops: (() => Promise<unknown>)[] = []
async function stopAll() {
  for (const stop of stops.splice(0).toReversed()) await stop().catch((error: unknown) => console.error(describeError(error)))
}
function listenForSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Miniflare's own would end the process at once, and leave the database behind.
    process.removeAllListeners(signal)
    process.once(signal, () => void stopAll().finally(() => process.exit(1)))
  }
}

/** `--scale=0.2`, `--only=refresh,completion` */
function readArguments() {
  const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' }, only: { type: 'string' } } })
  const scale = Number(values.scale)
  const names = values.only?.split(',') ?? Object.keys(BENCHES)
  const unknown = names.filter((name) => !BENCHES[name])
  if (unknown.length > 0) throw new Error(`no bench is called ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`)
  if (!(scale > 0)) throw new Error(`--scale=${values.scale} is no factor`)
  return { scale, names, isWhole: values.only === undefined }
}

async function createDatabase(server: string): Promise<{ url: string; machine: string }> {
  const name = `bench_${Date.now()}_${process.pid}`
  const admin = await connectPostgres(server)
  stops.push(() => admin.end())
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version')
  await admin.query(`CREATE DATABASE ${name}`)
  stops.push(() => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
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

const figure = (value: number | null) => (value === null ? '' : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2))

function toTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, scale, unit, median, p95, n, bar }) => {
    const isMet = bar === null ? '' : median <= bar ? 'yes' : '**no**'
    return [
      what,
      scale,
      `${figure(median)} ${unit}`,
      p95 === null ? '' : `${figure(p95)} ${unit}`,
      String(n),
      bar === null ? '' : `≤ ${bar} ${unit}`,
      isMet,
    ]
  })
  const lines = [['what', 'scale', 'median', 'p95', 'n', 'bar', 'met'], ...cells]
  const widths = lines[0]!.map((_, column) => Math.max(3, ...lines.map((line) => line[column]!.length)))
  const toLine = (line: readonly string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [toLine(lines[0]!), toLine(widths.map((width) => '-'.repeat(width))), ...lines.slice(1).map(toLine)].join('\n')
}

try {
  const { scale, names, isWhole } = readArguments()
  const server = process.env.TEST_DATABASE_URL
  if (!server)
    throw new Error('TEST_DATABASE_URL says on which Postgres to measure (with PostGIS, and the right to create databases), and is not set')
  listenForSignals()
  const startedAt = performance.now()
  const { url, machine } = await createDatabase(server)
  const context = await prepare(url, scale)
  listenForSignals()
  const rows: Row[] = []
  for (const name of names) {
    const began = performance.now()
    rows.push(...(await BENCHES[name]!(context)))
    console.log(`${name} measured in ${Math.round((performance.now() - began) / 1_000)} s`)
  }
  const table = toTable(rows)
  console.log(`\n${machine}\n\n${table}\n\n${Math.round((performance.now() - startedAt) / 1_000)} s in all`)
  const date = new Date().toISOString().slice(0, 10)
  // A part would take the place of the whole.
  if (isWhole) writeFileSync(RESULTS, `# Benchmarks\n\n${date}, \`npm run bench\`, scale ${scale}: ${machine}.\n\n${NOTES}\n\n${table}\n`)
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
} finally {
  await stopAll()
}
