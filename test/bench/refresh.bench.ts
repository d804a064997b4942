import { type BenchContext, type Row, rowOf, times } from './bench.ts'
import { type Cost, measureRequest, measureTogether, signUp } from './client.ts'
import { floorPath } from './floor.ts'

const WARM_UP = 150
const ALONE = 150
const GROUPS = 60
const GROUP = 20
const BAR_MS = 1

/** `POST /auth/refresh`. Each token is exchanged for the next. */
export async function benchRefresh(context: BenchContext): Promise<Row[]> {
  const { worker, floor, scale } = context
  // Each refresh has a person of its own, so that none waits for another.
  const tokens = (await Promise.all(Array.from({ length: GROUP }, () => signUp(context)))).map((person) => person.refresh_token)
  const request = (i: number) => ({ method: 'POST', path: '/auth/refresh', body: JSON.stringify({ refresh_token: tokens[i] }) }) as const
  const keep = (answer: string, i: number) => void (tokens[i] = (JSON.parse(answer) as { refresh_token: string }).refresh_token)

  const alone: Cost[] = []
  for (let i = 0; i < WARM_UP + times(ALONE, scale); i++) {
    const cost = await measureRequest(context, request(i % GROUP), { limits: 1, put: 0 })
    keep(cost.text, i % GROUP)
    if (i >= WARM_UP) alone.push(cost)
  }
  const { text, trips } = alone.at(-1)!
  const io = { limits: 1, put: 0, sent: trips[0]?.sent_bytes ?? 0, received: trips[0]?.received_bytes ?? 0, answer: text.length }
  const cpu = { idle: [] as number[], all: [] as number[], below: [] as number[] }
  for (let i = 0; i < times(GROUPS, scale); i++) {
    cpu.idle.push(await measureTogether(worker, GROUP, () => ({ path: '/health' })))
    cpu.all.push(await measureTogether(worker, GROUP, request, keep))
    cpu.below.push(await measureTogether(floor, GROUP, (k) => ({ ...request(k), path: floorPath(io) })))
  }
  const together = `${GROUP} at once`
  const less = (some: readonly number[], others: readonly number[]) => some.map((ms, i) => ms - others[i]!)
  const [cpuAlone, belowAlone] = [alone.map((it) => it.cpu_ms), alone.map((it) => it.floor_ms)]
  const [wall, counts] = [alone.map((it) => it.wall_ms), alone.map((it) => it.trips.length)]
  return [
    rowOf('GET /health, CPU of the process', together, cpu.idle),
    rowOf('refresh, CPU of the process', together, cpu.all),
    rowOf('refresh, less GET /health', together, less(cpu.all, cpu.idle)),
    rowOf('refresh, less the same I/O: Worker CPU', together, less(cpu.all, cpu.below), { bar: BAR_MS }),
    rowOf('refresh, CPU of the process', 'one at a time', cpuAlone),
    rowOf('refresh, less the same I/O: Worker CPU', 'one at a time', less(cpuAlone, belowAlone), { bar: BAR_MS }),
    rowOf('refresh, time', 'one at a time', wall),
    rowOf('refresh, trips', 'one at a time', counts, { unit: 'trips', bar: 1 }),
  ]
}
