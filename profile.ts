import pg from 'pg'
import { performance } from 'node:perf_hooks'
const log: { text: string; ms: number }[] = []
const orig = pg.Client.prototype.query as any
;(pg.Client.prototype as any).query = function (this: any, ...args: any[]) {
  const t0 = performance.now()
  const text = typeof args[0] === 'string' ? args[0] : args[0]?.text
  const result = orig.apply(this, args)
  if (result?.then && text) return result.then((r: any) => (log.push({ text, ms: performance.now() - t0 }), r))
  return result
}
const { buildBundle, startWorker } = await import('./dev/bundle.ts')
const { startCloud } = await import('./dev/stack.ts')
const { migrate } = await import('./dev/migrate.ts')
const { seed } = await import('./dev/seed.ts')
const { startFloor } = await import('./test/bench/floor.ts')
const { startMeter } = await import('./test/bench/meter.ts')
const { signUp } = await import('./test/bench/client.ts')
const { complete, createCalendar, prepare, walkOf } = await import('./test/bench/walks.ts')
const admin = new pg.Client('postgres://postgres@127.0.0.1:54320/postgres')
await admin.connect()
const name = 'prof_' + process.pid
await admin.query(`CREATE DATABASE ${name}`)
const url = `postgres://postgres@127.0.0.1:54320/${name}`
const cloud = await startCloud({
  databaseUrl: url,
  async prepare(u: string) {
    await migrate(u)
    await seed(u)
  },
})
const meter = await startMeter(cloud.neonEndpoint)
const bundle = await buildBundle()
const worker = await startWorker(bundle, {
  NEON_ENDPOINT: meter.endpoint,
  UPSTASH_REDIS_REST_URL: cloud.redisUrl,
  VENDOR_GATEWAY: cloud.simulatorsUrl,
})
const floor = await startFloor()
const context = { scale: 1, databaseUrl: url, cloud, bundle, worker, floor, meter } as any
const people = await Promise.all(Array.from({ length: 5 }, () => signUp(context)))
for (const p of people)
  await fetch(worker.url + '/users/me/location', {
    method: 'PUT',
    headers: { Authorization: `Bearer ${p.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ lat: 37.5006, lng: 127.0364 }),
  }).catch((e: any) => console.log(e))
const place = createCalendar()
const N = Number(process.argv[2] ?? 60)
const walks: any[] = []
for (let i = 0; i < N; i++) {
  const person = people[i % 5]!
  walks.push(await prepare(person, place(person, walkOf(600, 6000 + i))))
}
const sums = new Map<string, number[]>()
const trips: number[] = []
for (let i = 0; i < N; i++) {
  log.length = 0
  const cost = await complete(context, walks[i])
  if (i < N / 2) continue
  trips.push(cost.trips.reduce((s: number, t: any) => s + t.ms, 0))
  log.forEach(({ text, ms }, k) => {
    const key = `${String(k).padStart(2)} ${text.replace(/\s+/g, ' ').trim().slice(0, 90)}`
    sums.set(key, [...(sums.get(key) ?? []), ms])
  })
}
const med = (v: number[]) => v.toSorted((a, b) => a - b)[v.length >> 1]!
for (const [k, v] of [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))) if (v.length > 3) console.log(med(v).toFixed(2), v.length, k)
console.log(
  'sum',
  [...sums.values()]
    .filter((v) => v.length > 3)
    .reduce((s, v) => s + med(v), 0)
    .toFixed(2),
  'trip median',
  med(trips).toFixed(2),
)
await worker.stop()
await meter.stop()
await floor.stop()
await cloud.stop()
await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
await admin.end()
process.exit()
