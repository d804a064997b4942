import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { breaksBetween, type Contract, wireShape } from './breaking.ts'

/**
 * `npm run contract`: linters and client generators over the committed document, the flows compiled against the generated clients, and the comparison with the
 * contract that apps were built against. `-- --release` only makes the present contract that one.
 */

const FOLDER = 'dev/contract'
/** A test keeps it equal to what the app serves. */
const DOCUMENT = 'test/contract/openapi.snapshot.json'
const BASELINE = `${FOLDER}/baseline.json`
const ACCEPTED = `${FOLDER}/accepted-breaks.json`
const GENERATED = `${FOLDER}/generated`

const run = promisify(execFile)

/** Runs a tool of the package beside this file, from its folder. */
async function tool(name: string, ...args: readonly string[]): Promise<void> {
  const startedAt = performance.now()
  try {
    await run(process.execPath, [`node_modules/.bin/${name}`, ...args], { cwd: FOLDER, maxBuffer: 50_000_000 })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${name} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error })
  }
  console.log(`${name} ${args[0]}: fine (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
}

async function install(): Promise<void> {
  if (existsSync(`${FOLDER}/node_modules`)) return
  console.log('installing the linters and generators')
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: FOLDER })
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T
}

/** Makes a contract the one that apps are built against: one path or schema a line, so that a difference can be read. */
function release({ paths, components = {} }: Contract): void {
  const lines = (of: object) =>
    Object.entries(of)
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(',\n')
  const parts = Object.entries(components).map(([kind, items]) => `${JSON.stringify(kind)}:{\n${lines(items)}\n}`)
  writeFileSync(BASELINE, `{"paths":{\n${lines(paths)}\n},"components":{${parts.join(',')}}}\n`)
  writeFileSync(ACCEPTED, '{}\n')
  console.log(`${BASELINE} is the contract now`)
}

function checkBreaks(): Contract {
  const now = wireShape(readJson<Contract>(DOCUMENT))
  const accepted = readJson<Record<string, string>>(ACCEPTED)
  const breaks = existsSync(BASELINE) ? breaksBetween(readJson<Contract>(BASELINE), now) : []
  const open = breaks.filter((one) => !accepted[one])
  const stale = Object.keys(accepted).filter((one) => !breaks.includes(one))
  if (open.length > 0) {
    throw new Error(
      `Apps that are in use would break:\n${open.map((one) => `  ${one}`).join('\n')}\nA break that is meant goes into ${ACCEPTED}, with the reason.`,
    )
  }
  if (stale.length > 0) throw new Error(`${ACCEPTED} names what breaks nothing:\n${stale.map((one) => `  ${one}`).join('\n')}`)
  console.log(`no break${breaks.length > 0 ? ` but ${breaks.length} accepted` : ''}`)
  return now
}

const checkFlows = async () => {
  await Promise.all([
    tool('openapi-typescript', `../../${DOCUMENT}`, '-o', 'generated/openapi-fetch.d.ts'),
    tool('openapi-ts', '-i', `../../${DOCUMENT}`, '-o', 'generated/hey-api', '-c', '@hey-api/client-fetch', '--no-log-file'),
    tool('orval', '--config', 'orval.config.js'),
  ])
  await tool('tsc', '--project', 'flows')
}

async function checkTools(): Promise<void> {
  await install()
  rmSync(GENERATED, { recursive: true, force: true })
  mkdirSync(GENERATED)
  await Promise.all([
    tool('redocly', 'lint', '--config', 'redocly.yaml', `../../${DOCUMENT}`),
    tool('spectral', 'lint', `../../${DOCUMENT}`, '--ruleset', 'spectral.yaml', '--fail-severity', 'warn'),
    checkFlows(),
  ])
}

try {
  const now = checkBreaks()
  if (process.argv.includes('--release')) release(now)
  else await checkTools()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
