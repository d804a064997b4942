import { gzipSync } from 'node:zlib'
import { buildBundle, type Module, startWorker } from './bundle.ts'

const GZIP_MAX_BYTES = 1_048_576
const START_MAX_MS = 150
/** What the yardstick takes on the machine that the limit is written for. */
const YARDSTICK_MS = 13
/** No machine that we know is slower by more. */
const SLOWER_MAX = 2
const STARTS = 7

/** Evaluates the bundle on request, so that the evaluation alone can be timed. */
const ENTRY = `
export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url)
    if (pathname === '/_nothing') return new Response()
    if (pathname === '/_yardstick') return new Response(String((await import('./yardstick.js')).count))
    const worker = await import('./index.js')
    return pathname === '/_start' ? new Response() : worker.default.fetch(request, env, ctx)
  },
}`

/**
 * Modules as ours are: many small functions and objects that are made once. Machines differ by a factor of two, and this takes longer on a slow one as the bundle
 * does.
 */
const YARDSTICK = `
const schemas = []
const define = (shape) => ({ shape, check: (value) => Object.keys(shape).every((key) => key in value), optional: () => define({ ...shape, optional: true }) })
${Array.from({ length: 6_000 }, (_, n) => `schemas.push(define({ name: 'field_${n}', min: ${n}, parse: (value) => value.length > ${n} ? value : String(value) }).optional())`).join('\n')}
export const count = schemas.filter((schema) => schema.check({ name: 1, min: 2, parse: 3, optional: 4 })).length`

interface Start {
  /** The CPU time that the yardstick took. */
  readonly yardstick_ms: number
  /** Compiling and evaluating the bundle: CPU time where the system reports it, else wall time. Cloudflare limits CPU time. */
  readonly evaluation_ms: number
  /** From the same beginning to the first answer of GET /health. */
  readonly first_answer_ms: number
}

async function start(bundle: readonly Module[]): Promise<Start> {
  const worker = await startWorker([
    { type: 'ESModule', path: 'start.js', contents: ENTRY },
    { type: 'ESModule', path: 'yardstick.js', contents: YARDSTICK },
    ...bundle,
  ])
  async function ask(path: string) {
    const startedAt = performance.now()
    const cpuBefore = worker.cpuMs()
    const response = await fetch(`${worker.url}${path}`)
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`)
    const ms = performance.now() - startedAt
    const cpuAfter = worker.cpuMs()
    return { ms, cpu_ms: cpuBefore === null || cpuAfter === null ? ms : cpuAfter - cpuBefore }
  }
  try {
    // The connection and the runtime's own first steps.
    for (let i = 0; i < 3; i++) await ask('/_nothing')
    const nothing = await ask('/_nothing')
    const yardstick = await ask('/_yardstick')
    const evaluation = await ask('/_start')
    const health = await ask('/health')
    return {
      yardstick_ms: Math.max(1, yardstick.cpu_ms - nothing.cpu_ms),
      evaluation_ms: Math.max(0, evaluation.cpu_ms - nothing.cpu_ms),
      first_answer_ms: Math.max(0, evaluation.ms + health.ms - 2 * nothing.ms),
    }
  } finally {
    await worker.stop()
  }
}

/** What a start costs: the least of several, because other work on the machine, and cold caches, only add to it. */
const least = (values: readonly number[]) => Math.min(...values)

const bundle = await buildBundle()
const scripts = bundle.filter(({ path }) => path.endsWith('.js'))
const bytes = scripts.reduce((sum, { contents }) => sum + contents.length, 0)
const gzipBytes = scripts.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0)
const starts: Start[] = []
for (let i = 0; i < STARTS; i++) starts.push(await start(bundle))
const evaluationMs = least(starts.map((it) => it.evaluation_ms))
const firstAnswerMs = least(starts.map((it) => it.first_answer_ms))
const yardstickMs = least(starts.map((it) => it.yardstick_ms))
const limitMs = START_MAX_MS * Math.min(SLOWER_MAX, yardstickMs / YARDSTICK_MS)
const kib = (count: number) => `${(count / 1024).toFixed(0)} KiB`

console.log(`bundle   ${kib(bytes)}, ${kib(gzipBytes)} gzip (at most ${kib(GZIP_MAX_BYTES)})`)
console.log(
  `start    ${evaluationMs.toFixed(0)} ms CPU to evaluate it (at most ${limitMs.toFixed(0)} ms on this machine, which takes ${yardstickMs.toFixed(0)} ms for a yardstick of ${YARDSTICK_MS}); first answer after ${firstAnswerMs.toFixed(0)} ms; the least of ${STARTS}`,
)
if (gzipBytes > GZIP_MAX_BYTES || evaluationMs > limitMs) {
  console.error('over the limit')
  process.exitCode = 1
}
