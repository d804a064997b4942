import { styleText } from 'node:util'

/** What the Worker writes as JSON, one object a line. */
interface LogLine {
  readonly level: string
  readonly message?: string
  readonly method?: string
  readonly route?: string
  readonly status?: number
  readonly total_ms?: number
  readonly code?: string
  readonly fields?: readonly string[]
  readonly task?: string
  readonly part?: number
  readonly duration_ms?: number
  readonly counts?: Readonly<Record<string, number>>
  readonly error?: unknown
  readonly causes?: readonly { readonly name: string; readonly message: string; readonly stack?: readonly string[] }[]
  readonly [name: string]: unknown
}

interface Style {
  readonly now: Date
  readonly isColoured: boolean
}

type Format = Parameters<typeof styleText>[0]
const LEVELS: Readonly<Record<string, Format>> = { error: 'red', warn: 'yellow', info: 'gray' }
/** Told in the line already, or of use to machines only. */
const TOLD = new Set(['level', 'message', 'request_id', 'error', 'stack', 'causes'])

/** One readable line for a line of the Worker's log. Anything that is no such line stays as it is. */
export function readableLine(line: string, style: Style): string {
  const log = parse(line)
  if (!log) return line
  const time = paint(style, 'gray', clock(style.now))
  if (log.causes) return [`${time} ${paint(style, 'red', `${log.method ?? ''} failed`)}`, ...log.causes.flatMap(describeCause)].join('\n')
  if (log.method && log.route && log.status !== undefined) return `${time} ${describeRequest(log, style)}`
  if (log.task !== undefined && log.duration_ms !== undefined) return `${time} ${describeTask(log, style)}`
  return `${time} ${paint(style, LEVELS[log.level] ?? 'gray', describeOther(log))}`
}

function parse(line: string): LogLine | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'level' in value && typeof value.level === 'string' ? (value as LogLine) : null
  } catch {
    return null
  }
}

function describeRequest({ method = '', route = '', status = 0, total_ms = 0, code, fields }: LogLine, style: Style): string {
  const colour = status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green'
  const why = [code, fields?.length ? `(${fields.join(', ')})` : undefined].filter(Boolean).join(' ')
  return `${method.padEnd(6)} ${route} ${paint(style, colour, String(status))} ${total_ms} ms${why ? ` ${paint(style, colour, why)}` : ''}`
}

function describeTask({ task, part = 0, duration_ms = 0, counts = {}, error }: LogLine, style: Style): string {
  const counted = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  const outcome = error === undefined ? counted.join(', ') || 'nothing to do' : paint(style, 'red', `failed: ${String(error)}`)
  return `task   ${task}${part > 0 ? ` (part ${part + 1})` : ''} ${duration_ms} ms ${outcome}`
}

function describeOther(log: LogLine): string {
  const rest = Object.entries(log).flatMap(([name, value]) => (TOLD.has(name) || value === undefined ? [] : [`${name}=${wordOf(value)}`]))
  return [log.message ?? log.level, log.error === undefined ? '' : wordOf(log.error), ...rest].filter(Boolean).join(' ')
}

const wordOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

function describeCause({ name, message, stack = [] }: { name: string; message: string; stack?: readonly string[] }): string[] {
  return [`  ${name}: ${message}`, ...stack.slice(0, 6).map((at) => `    ${at.trim()}`)]
}

const clock = (at: Date) => at.toTimeString().slice(0, 8)
const paint = ({ isColoured }: Style, format: Format, text: string) =>
  isColoured ? styleText(format, text, { validateStream: false }) : text
