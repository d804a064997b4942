import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { percentile } from '../support/tracks.ts'
import { type BenchContext, type Row, rowOf } from './bench.ts'
import { Company, type Pace, type Walked } from './room-load.ts'
import { type AgreedRoom, makeRooms } from './room-population.ts'
import { durableObjects, type RoomServer, startRoomManager, startRoomsInMemory } from './room-servers.ts'

const SIZES = [
  { rooms: 250, size: 2, hasStorm: true },
  { rooms: 50, size: 10, hasStorm: false },
  { rooms: 1, size: 50, hasStorm: false },
] as const
const EACH_SECOND: Pace = { everyMs: 1_000, seconds: 15 }
const PACES: readonly Pace[] = [EACH_SECOND, { everyMs: 5_000, seconds: 20 }]
const AFTER_STORM: Pace = { everyMs: 1_000, seconds: 5 }
const BAR_P99_MS = 50
/** A wait, so that the work of rooms after people have left does not count for the next measurement. */
const SETTLE_MS = 3_000

/** Compares live rooms with those of the first design, with the same walkers: how long a position takes to the others, and how many are lost. */
export async function benchRooms(context: BenchContext): Promise<Row[]> {
  const client = new pg.Client(context.databaseUrl)
  await client.connect()
  const stops: (() => Promise<void>)[] = [() => client.end()]
  const rows: Row[] = []
  try {
    const manager = await startRoomManager()
    stops.push(manager.stop)
    const inMemory = await startRoomsInMemory(context)
    stops.push(inMemory.stop)
    const onDisk = durableObjects('Durable Object on disk', context.worker)
    for (const { rooms, size, hasStorm } of SIZES) {
      const agreed = await makeRooms(client, Math.max(1, Math.round(rooms * context.scale)), size)
      const sides = [
        await measure(manager, agreed, { isJudged: false, paces: PACES, hasStorm }),
        await measure(inMemory, agreed, { isJudged: true, paces: PACES, hasStorm }),
        ...(size === 2 ? [await measure(onDisk, agreed, { isJudged: false, paces: [EACH_SECOND], hasStorm: false })] : []),
      ]
      rows.push(...sides[0]!.flatMap((_, i) => sides.flatMap((side) => side[i] ?? [])))
    }
    return rows
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

interface Plan {
  /** The bars are for one of the servers only. */
  readonly isJudged: boolean
  readonly paces: readonly Pace[]
  readonly hasStorm: boolean
}

/** All servers give the same rows in the same order. */
async function measure(server: RoomServer, rooms: readonly AgreedRoom[], { isJudged, paces, hasStorm }: Plan): Promise<Row[]> {
  const company = new Company(server, rooms)
  const size = rooms[0]!.people.length
  const place = `${rooms.length} ${rooms.length === 1 ? 'room' : 'rooms'} × ${size}`
  const barLost = isJudged ? 0 : null
  const rows: Row[] = []
  await company.enter()
  for (const pace of paces) {
    const scale = `${place}, each ${pace === EACH_SECOND ? 'second' : `${pace.everyMs / 1_000} s`}`
    const walked = await company.walk(pace)
    say(server, scale, company, walked)
    const barP99 = isJudged && size === 2 && pace === EACH_SECOND ? BAR_P99_MS : null
    rows.push(...rowsOf(server, scale, walked, { p99: barP99, lost: barLost, hasFrames: size > 2 }))
  }
  if (hasStorm) rows.push(...(await measureStorm(server, company, barLost)))
  company.leave()
  await sleep(SETTLE_MS)
  return rows
}

async function measureStorm(server: RoomServer, company: Company, barLost: number | null): Promise<Row[]> {
  const scale = `${company.walkers.length} at once`
  const { back_ms, lost } = await company.storm()
  const after = await company.walk(AFTER_STORM)
  say(server, `${scale}, after the storm`, company, after)
  const name = (what: string) => `reconnect storm, ${what}, ${server.name}`
  return [
    rowOf(name('until in the room'), scale, back_ms),
    p99Of(name('until in the room'), scale, back_ms, null),
    countOf(name('not back'), scale, 'connections', lost, company.walkers.length, barLost),
    countOf(name('lost after it'), scale, 'positions', after.lost, after.fanOut_ms.length, barLost),
  ]
}

interface Bars {
  readonly p99: number | null
  readonly lost: number | null
  readonly hasFrames: boolean
}

function rowsOf(server: RoomServer, scale: string, { fanOut_ms, lost, frames, cpu_percent }: Walked, bars: Bars): Row[] {
  const name = (what: string) => `live room, ${what}, ${server.name}`
  return [
    rowOf(name('fan-out'), scale, fanOut_ms),
    p99Of(name('fan-out'), scale, fanOut_ms, bars.p99),
    countOf(name('lost'), scale, 'positions', lost, fanOut_ms.length, bars.lost),
    ...(bars.hasFrames ? [rowOf(name('frames a second to each'), scale, frames, { unit: 'frames' })] : []),
    { what: name('CPU of the process'), scale, unit: '%', median: cpu_percent, p95: null, n: 1, bar: null },
  ]
}

function p99Of(what: string, scale: string, values: readonly number[], bar: number | null): Row {
  return { what: `${what}, p99`, scale, unit: 'ms', median: percentile(values, 0.99), p95: null, n: values.length, bar }
}

function countOf(what: string, scale: string, unit: Row['unit'], count: number, n: number, bar: number | null): Row {
  return { what, scale, unit, median: count, p95: null, n, bar }
}

/** Prints a figure at once, with how late the generator was. A generator that is very late has measured itself. */
function say({ name }: RoomServer, scale: string, { walkers }: Company, { fanOut_ms, lost, late_ms, cpu_percent }: Walked): void {
  const [p50, p99, worst, late] = [
    percentile(fanOut_ms, 0.5),
    percentile(fanOut_ms, 0.99),
    Math.max(0, ...fanOut_ms),
    percentile(late_ms, 0.99),
  ]
  const times = `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, worst ${worst.toFixed(0)} ms (sent up to ${late.toFixed(1)} ms late)`
  console.log(`    ${name}, ${scale}: ${times}, ${lost} lost, CPU ${cpu_percent.toFixed(0)} %`)
  const closed = walkers.filter(({ isConnected }) => !isConnected).length
  if (closed > 0) console.log(`      ${closed} of ${walkers.length} connections were closed`)
}
