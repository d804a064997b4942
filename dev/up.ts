import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { parseEnv } from 'node:util'
import type { Child } from './child.ts'
import type { Cloud } from './stack.ts'

const PORT = Number(process.env.PORT ?? 8787)
const FOLDER = '.dev'
const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'
/** The entry in place of `main` of wrangler.toml. */
const ENTRY = 'dev/worker.ts'
const WORKER_URL = `http://127.0.0.1:${PORT}`
const startedAt = Date.now()
const seconds = () => `${Math.round((Date.now() - startedAt) / 1_000)} s`
const say = (line: string) => console.log(`[dev] ${line}`)

const stops: (() => unknown)[] = []
let child: Child | undefined
let stopping = false
let ready = false

async function stop(code: number) {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(code), 10_000).unref()
  for (const end of stops.toReversed()) await Promise.resolve(end()).catch(() => {})
  process.exit(code)
}

function fail(error: unknown) {
  if (!stopping) console.error(`[dev] ${error instanceof Error ? error.message.trim().replaceAll(/\s*\n\s*/g, ' · ') : String(error)}`)
  return stop(1)
}

// Nothing that was started may outlive this process.
process.on('exit', () => child?.kill('SIGKILL'))
process.on('uncaughtException', (error) => void fail(error))
process.on('unhandledRejection', (error) => void fail(error))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1)
    say('stopping; once more to stop at once')
    void stop(0)
  })
}
// npm passes no signal on when it is killed. It is this process's parent or grandparent, so a change of these ends this process.
const family = ancestors()
if (process.env.npm_lifecycle_event) setInterval(() => ancestors() !== family && void stop(1), 1_000).unref()

function ancestors(): string {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2]}`
  } catch {
    return String(process.ppid)
  }
}

/** Refuses ports that are taken, before anything is opened, because a second instance must not touch the first one's data. */
async function refuseTakenPorts(...ports: number[]) {
  for (const port of ports) {
    const code = await listenBriefly(port)
    if (code) throw new Error(`port ${port} is taken (${code}); is it running already? PORT=${PORT + 100} npm run dev moves all of them`)
  }
}

function listenBriefly(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)))
  })
}

/** Leaves out what `.dev.vars` sets, because a person's own values (a vendor's real keys) come first. */
function withoutOwnVars(vars: Record<string, string>): Record<string, string> {
  if (!existsSync('.dev.vars')) return vars
  const own = parseEnv(readFileSync('.dev.vars', 'utf8'))
  return Object.fromEntries(Object.entries(vars).filter(([name]) => !(name in own)))
}

async function prepare(databaseUrl: string) {
  const { migrate } = await import('./migrate.ts')
  const { describeError } = await import('./postgres-client.ts')
  const { seed } = await import('./seed.ts')
  if (!process.env.DATABASE_URL) say(`database ready after ${seconds()}; migrating`)
  const migrated = await migrate(databaseUrl)
  say(`migrations: ${migrated.join(', ') || 'none pending'}; seeding`)
  const seeded = await seed(databaseUrl).catch((error: unknown) => {
    throw new Error(`seeding failed: ${describeError(error)}`, { cause: error })
  })
  say(`seeds: ${seeded.join(', ') || 'nothing new'}`)
}

async function startWorker(cloud: Cloud) {
  const { workerVars } = await import('./credentials.ts')
  const { startChild } = await import('./child.ts')
  const vars = withoutOwnVars({
    ...workerVars,
    ENVIRONMENT: 'development',
    PUBLIC_ORIGIN: `http://127.0.0.1:${PORT}`,
    // The driver reads only a host name from this. Every query goes to NEON_ENDPOINT.
    DATABASE_URL: 'postgres://app:app@db.localtest.me/app',
    NEON_ENDPOINT: cloud.neonEndpoint,
    UPSTASH_REDIS_REST_URL: cloud.redisUrl,
    UPSTASH_REDIS_REST_TOKEN: 'local',
    VENDOR_GATEWAY: cloud.simulatorsUrl,
  })
  const place = ['--ip', '127.0.0.1', '--port', String(PORT), '--persist-to', `${FOLDER}/wrangler`]
  const given = Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  // Without this, Miniflare asks Cloudflare where this machine is.
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
  // The child is assigned at once, because a signal may come at any moment.
  child = startChild(
    process.execPath,
    [WRANGLER, 'dev', ENTRY, ...place, '--show-interactive-dev-session=false', ...given],
    env,
    (line) => {
      // A build that fails before the first success is waited for in vain. Later on wrangler builds again after the next edit. The reasons come after this line,
      // so the end waits for them.
      if (!ready && /Build failed/.test(line))
        setTimeout(() => void fail(new Error('the Worker does not build, for the reasons above')), 500)
    },
  )
  return child
}

async function untilHealthy() {
  for (let asked = 1; !stopping; asked++) {
    const healthy = await fetch(`${WORKER_URL}/health`, { signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.ok,
      () => false,
    )
    if (healthy) return
    if (asked % 50 === 0) say(`the Worker does not answer GET /health yet (${seconds()})`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

try {
  if (!Number.isInteger(PORT) || PORT < 1 || PORT > 65_529) throw new Error(`PORT=${process.env.PORT} is no port`)
  if (!existsSync(WRANGLER)) throw new Error(`${WRANGLER} is missing: run \`npm install\` in the project first`)
  for (const file of ['wrangler.toml', ENTRY]) if (!existsSync(file)) throw new Error(`${file} is missing`)
  await refuseTakenPorts(PORT, PORT + 3, PORT + 4, PORT + 5, PORT + 6)
  mkdirSync(FOLDER, { recursive: true })
  const { lockFolder } = await import('./lock.ts')
  const { startCloud } = await import('./stack.ts')
  stops.push(await lockFolder(FOLDER))
  if (process.argv.includes('--fresh')) {
    for (const name of ['postgres', 'postgres.started', 'wrangler']) rmSync(`${FOLDER}/${name}`, { recursive: true, force: true })
  }

  const first = !existsSync(`${FOLDER}/postgres.started`)
  if (process.env.DATABASE_URL) say('using the database at DATABASE_URL; migrating')
  else say(`starting the embedded Postgres with PostGIS${first ? ' (the first time takes up to half a minute)' : ''}`)
  const hints = setInterval(() => say(`… still starting (${seconds()})`), 5_000)
  const cloud = await startCloud({
    databaseUrl: process.env.DATABASE_URL,
    redisUrl: process.env.REDIS_URL,
    folder: `${FOLDER}/postgres`,
    ports: { simulators: PORT + 3, neon: PORT + 4, redis: PORT + 5, postgres: PORT + 6 },
    workerUrl: WORKER_URL,
    prepare,
  }).finally(() => clearInterval(hints))
  stops.push(cloud.stop)
  say(`simulators ${cloud.simulatorsUrl}/_sim · Neon ${cloud.neonEndpoint} · Redis ${cloud.redisUrl}`)

  if (!stopping) {
    say('starting the Worker')
    const { exited, stop: stopWorker } = await startWorker(cloud)
    stops.push(stopWorker)
    void exited.then((code) => {
      if (!stopping) say(`wrangler ended (${code})`)
      return stop(code)
    })
    await untilHealthy()
    // Lines of the Worker about its first request should come before the last line.
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  ready = true
  // Tests fire crons themselves.
  if (!stopping && !process.argv.includes('--no-crons')) {
    const { startCrons } = await import('./crons.ts')
    stops.push(startCrons(WORKER_URL, say))
  }
  if (!stopping) say(`two owners to play with: ${WORKER_URL}/playground`)
  if (!stopping) console.log(`ready ${WORKER_URL}`)
} catch (error) {
  await fail(error)
}
