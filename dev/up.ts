import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { DEV_FOLDER, portOf, portsFrom, publishAddresses } from './launcher/addresses.ts'
import type { Child } from './child.ts'
import type { Cloud } from './stack.ts'

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'
const LEASH = './dev/launcher/leash.ts'
/** The entry in place of `main` of wrangler.toml. */
const ENTRY = 'dev/worker.ts'
const startedAt = Date.now()
const seconds = () => `${Math.round((Date.now() - startedAt) / 1_000)} s`
const say = (line: string) => console.log(`[dev] ${line}`)
/** What a start that takes long is doing. */
let doing = ''
function begin(what: string) {
  doing = what.replace(/ \(.*/, '')
  say(what)
}

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
    if (code)
      throw new Error(`port ${port} is taken (${code}); is it running already? PORT=${ports[0]! + 100} npm run dev moves all of them`)
  }
}

function listenBriefly(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)))
  })
}

async function prepare(databaseUrl: string) {
  const { migrate } = await import('./migrate.ts')
  const { describeError } = await import('./postgres-client.ts')
  const { seed } = await import('./seed.ts')
  begin('migrating the database')
  const migrated = await migrate(databaseUrl)
  say(`migrations: ${migrated.join(', ') || 'none pending'}`)
  doing = 'seeding'
  const seeded = await seed(databaseUrl).catch((error: unknown) => {
    throw new Error(`seeding failed: ${describeError(error)}`, { cause: error })
  })
  say(`seeds: ${seeded.join(', ') || 'nothing new'}`)
}

/** Vets, pharmacies and parks of the simulated registers, the first time. */
async function bringPlaces(cloud: Cloud) {
  begin('reading the registers of places')
  await import('./bundled.ts')
  const { importFirstPlaces } = await import('./neighbourhood/places.ts')
  for (const line of await importFirstPlaces(cloud)) say(`places: ${line}`)
}

async function startWorker(cloud: Cloud, port: number, folder: string) {
  const { workerVars } = await import('./credentials.ts')
  const { startChild } = await import('./child.ts')
  const { variableOptions } = await import('./launcher/worker-vars.ts')
  const vars = variableOptions({
    ...workerVars,
    ENVIRONMENT: 'development',
    PUBLIC_ORIGIN: `http://127.0.0.1:${port}`,
    // The driver reads only a host name from this. Every query goes to NEON_ENDPOINT.
    DATABASE_URL: 'postgres://app:app@db.localtest.me/app',
    NEON_ENDPOINT: cloud.neonEndpoint,
    UPSTASH_REDIS_REST_URL: cloud.redisUrl,
    UPSTASH_REDIS_REST_TOKEN: 'local',
    VENDOR_GATEWAY: cloud.simulatorsUrl,
  })
  const place = ['--ip', '127.0.0.1', '--port', String(port), '--persist-to', `${folder}/wrangler`]
  // Without this, Miniflare asks Cloudflare where this machine is.
  const quiet = { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
  let changedAt = 0
  // The child is assigned at once, because a signal may come at any moment.
  child = startChild(
    process.execPath,
    ['--import', LEASH, WRANGLER, 'dev', ENTRY, ...place, '--show-interactive-dev-session=false', ...vars],
    { ...process.env, ...quiet },
    (line) => {
      // A build that fails before the first success is waited for in vain. Later on wrangler builds again after the next edit. The reasons come after this line,
      // so the end waits for them.
      if (!ready && /Build failed/.test(line))
        setTimeout(() => void fail(new Error('the Worker does not build, for the reasons above')), 500)
      if (ready && /Reloading local server/.test(line)) changedAt = Date.now()
      if (ready && /Local server updated/.test(line)) say(`reloaded after an edit (${((Date.now() - changedAt) / 1_000).toFixed(1)} s)`)
    },
  )
  return child
}

async function untilHealthy(workerUrl: string) {
  for (let asked = 1; !stopping; asked++) {
    const healthy = await fetch(`${workerUrl}/health`, { signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.ok,
      () => false,
    )
    if (healthy) return
    if (asked % 50 === 0) say(`the Worker does not answer GET /health yet (${seconds()})`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

try {
  const { readOptions } = await import('./launcher/options.ts')
  const options = readOptions('npm run dev --', 'a whole cloud on this machine. PORT=9000 moves all ports', {
    fresh: { type: 'boolean', about: 'forgets the data of before' },
    populated: { type: 'boolean', about: 'a neighbourhood of sixty owners, in a database of its own' },
    'no-crons': { type: 'boolean', about: 'fires no crons' },
  })
  const port = portOf()
  if (!existsSync(WRANGLER)) throw new Error(`${WRANGLER} is missing: run \`npm install\` in the project first`)
  for (const file of ['wrangler.toml', ENTRY]) if (!existsSync(file)) throw new Error(`${file} is missing`)
  if (options.populated && process.env.DATABASE_URL)
    throw new Error('--populated makes a database of its own, so it does not go with DATABASE_URL')
  mkdirSync(DEV_FOLDER, { recursive: true })
  const { lockFolder } = await import('./lock.ts')
  stops.push(await lockFolder(DEV_FOLDER))
  const { endOrphans, markOf } = await import('./launcher/orphans.ts')
  const orphans = await endOrphans(DEV_FOLDER)
  if (orphans > 0) say(`ended ${orphans} processes that a killed start had left`)
  // Whatever this process starts carries the mark.
  Object.assign(process.env, markOf(DEV_FOLDER))
  const ports = portsFrom(port)
  await refuseTakenPorts(...Object.values(ports))

  const folder = options.populated ? `${DEV_FOLDER}/populated` : DEV_FOLDER
  if (options.fresh) {
    for (const name of ['postgres', 'postgres.started', 'wrangler', 'life.json'])
      rmSync(`${folder}/${name}`, { recursive: true, force: true })
  }
  const hints = setInterval(() => say(`… ${doing} (${seconds()})`), 10_000)
  stops.push(() => clearInterval(hints))
  const neighbourhood = options.populated ? await openNeighbourhood() : null
  if (neighbourhood) {
    doing = 'copying the neighbourhood'
    await neighbourhood.settleIn(folder, begin)
  }

  const first = !existsSync(`${folder}/postgres.started`)
  if (process.env.DATABASE_URL) begin('using the database at DATABASE_URL')
  else
    begin(
      `starting the embedded Postgres with PostGIS${first ? ' (the first time it makes its files, migrates and seeds: up to a minute or two)' : ''}`,
    )
  const { startCloud } = await import('./stack.ts')
  const workerUrl = `http://127.0.0.1:${port}`
  const cloud = await startCloud({
    databaseUrl: process.env.DATABASE_URL,
    redisUrl: process.env.REDIS_URL,
    folder: `${folder}/postgres`,
    ports,
    workerUrl,
    prepare,
  })
  stops.push(cloud.stop)
  if (!stopping) await bringPlaces(cloud)
  if (neighbourhood && !stopping) {
    begin('letting the neighbours live up to now')
    await neighbourhood.catchUp(folder, cloud, begin)
  }

  if (!stopping) {
    begin('building and starting the Worker')
    const { exited, stop: stopWorker } = await startWorker(cloud, port, folder)
    stops.push(stopWorker)
    void exited.then((code) => {
      if (!stopping) say(`wrangler ended (${code})`)
      return stop(code)
    })
    await untilHealthy(workerUrl)
    // Lines of the Worker about its first request should come before the last line.
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  clearInterval(hints)
  ready = true
  // Tests fire crons themselves.
  if (!stopping && !options['no-crons']) {
    const { startCrons } = await import('./crons.ts')
    stops.push(startCrons(workerUrl, say))
  }
  if (!stopping) {
    const { withoutPassword } = await import('./postgres-client.ts')
    const postgres = withoutPassword(cloud.databaseUrl)
    const redis = process.env.REDIS_URL ? withoutPassword(process.env.REDIS_URL) : 'in this process, over REST only'
    stops.push(
      publishAddresses({
        port,
        api: workerUrl,
        simulators: cloud.simulatorsUrl,
        neon: cloud.neonEndpoint,
        redis: cloud.redisUrl,
        postgres: cloud.databaseUrl,
      }),
    )
    say(`API         ${workerUrl}   documents ${workerUrl}/docs`)
    say(`playground  ${workerUrl}/playground   two owners in one window`)
    say(`admin page  ${workerUrl}/admin   npm run dev:grant -- --admin lets whoever logged in last see it`)
    say(`simulators  ${cloud.simulatorsUrl}/_sim   Kakao, Naver, Apple, FCM, Toss Payments, App Store, Google Play`)
    say(`Postgres    psql ${postgres}   over HTTP ${cloud.neonEndpoint}`)
    say(`Redis       ${cloud.redisUrl}   ${redis}`)
    say(`ports       API PORT (${port}), simulators +3, Neon +4, Redis +5, Postgres +6`)
    if (neighbourhood) for (const line of neighbourhood.guide()) say(line)
    console.log(`ready ${workerUrl}`)
  }
} catch (error) {
  await fail(error)
}

/** The neighbours act through the Worker's own code, in this process. */
async function openNeighbourhood() {
  await import('./bundled.ts')
  const [{ catchUp, settleIn }, { guide }] = await Promise.all([import('./neighbourhood/template.ts'), import('./neighbourhood/guide.ts')])
  return { settleIn, catchUp, guide }
}
