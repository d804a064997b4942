import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { readableLine } from './launcher/log-lines.ts'

export interface Child {
  /** The exit code, or the shell's number for the signal that ended it. */
  exited: Promise<number>
  kill(name: NodeJS.Signals): void
  /** Sends SIGTERM, then SIGKILL. Resolves when nothing of its process group is left. */
  stop(): Promise<void>
}

/** Lines that wrangler prints about itself at every start and request. The Worker's own lines, warnings and errors are not among them. */
const NOISE = [
  /^\s*$/,
  /^[\s─-]*$/,
  /⛅️ wrangler/,
  /^\[wrangler:info\] (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /,
  /^(Your Worker has access to the following bindings|Binding\s+Resource|Using vars defined in|Using secrets defined in|Resolved env files)/,
  /^(env\.|\S+\.env\.)\S+ .*(local|Environment Variable|Queue|KV|R2|Durable|Images|Rate|Workflow|Secret)/i,
  /^⎔ (Starting local server|Reloading local server|Local server updated|Connection status updated)/,
  /^\[wrangler:info\] (Ready on|QUEUE) /,
  // The launcher triggers them.
  /^▲ \[WARNING\] Scheduled Workers are not automatically triggered|^\s+To manually trigger a scheduled event|^\s+curl "http.*\/scheduled"|^\s+For more details, see .*cron-triggers/,
  // Secrets of a file are not in wrangler.toml. `npm run check` makes the types.
  /Your types might be out of date/,
  /^(Cloudflare collects anonymous telemetry|🪵\s+Logs were written to)/u,
]

/**
 * Runs a program of Node's in a process group of its own, so that its own children (workerd, esbuild) end with it. The channel to it tells launcher/leash.ts
 * in the child when this process dies.
 */
export function startChild(command: string, args: string[], env: NodeJS.ProcessEnv, onLine: (line: string) => void = () => {}): Child {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env, detached: true })
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)))
    child.once('error', (error) => {
      console.error(`cannot run ${command}: ${error.message}`)
      resolve(127)
    })
  })
  // 0 would be this process's own group.
  const group = child.pid ?? Infinity
  let silent = false
  const isColoured = process.stdout.isTTY && !process.env.NO_COLOR
  for (const [stream, print] of [[child.stdout, console.log] as const, [child.stderr, console.error] as const]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      const plain = stripVTControlCharacters(line)
      onLine(plain)
      if (silent || NOISE.some((it) => it.test(plain))) return
      const readable = readableLine(plain, { now: new Date(), isColoured })
      // wrangler's own lines keep its colours.
      print(readable === plain && isColoured ? line : readable)
    })
  }

  const kill = (name: NodeJS.Signals | 0) => signal(-group, name)
  async function gone(withinMs: number): Promise<boolean> {
    for (const end = Date.now() + withinMs; Date.now() < end; await sleep(50)) if (!(running(group)?.length ?? kill(0))) return true
    return false
  }
  return {
    exited,
    kill: (name) => void kill(name),
    async stop() {
      silent = true
      // wrangler leaves its children to process 1, which in a container may never collect them.
      const last = leaves(running(group) ?? []).map(({ pid }) => pid)
      for (const pid of last) signal(pid, 'SIGKILL')
      for (let tries = 0; tries < 100 && last.some((pid) => signal(pid, 0)); tries++) await sleep(5)
      kill('SIGTERM')
      if (await gone(5_000)) return
      kill('SIGKILL')
      await gone(2_000)
    },
  }
}

interface Process {
  pid: number
  parent: number
}

/** The processes of a group that are not zombies. Undefined where there is no /proc. */
function running(group: number): Process[] | undefined {
  if (!existsSync('/proc/self/stat')) return undefined
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state, parent, its] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return Number(its) === group && state !== 'Z' ? [{ pid: Number(name), parent: Number(parent) }] : []
    } catch {
      return []
    }
  })
}

function leaves(processes: Process[]): Process[] {
  return processes.filter(({ pid }) => !processes.some(({ parent }) => parent === pid))
}

/** False when there is no such process, or process group (a negative number). */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
