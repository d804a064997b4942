import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { DEV_FOLDER } from './addresses.ts'

const OWN = '.dev.vars'
const FILE = `${DEV_FOLDER}/worker.env`

/**
 * Writes the Worker's variables to a file and answers the options of wrangler that read it. On the command line everybody on this machine would see them. A
 * person's own `.dev.vars` (a vendor's real keys) is read last, so it comes first.
 */
export function variableOptions(vars: Readonly<Record<string, string>>): string[] {
  mkdirSync(DEV_FOLDER, { recursive: true })
  const lines = Object.entries(vars).map(([name, value]) => `${name}=${quoted(value)}`)
  writeFileSync(FILE, `${lines.join('\n')}\n`, { mode: 0o600 })
  return [FILE, ...(existsSync(OWN) ? [OWN] : [])].flatMap((file) => ['--env-file', file])
}

/** dotenv takes what stands between single quotes as it is, over several lines as well. */
function quoted(value: string): string {
  if (!value.includes("'")) return `'${value}'`
  throw new Error('a variable of the local Worker must not hold a single quote')
}
