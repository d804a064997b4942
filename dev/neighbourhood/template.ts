import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY_MS, seoulDate } from '../../src/core/time.ts'
import { TEMPLATE_SOURCES } from '../postgres-template.ts'
import { type Cloud, startCloud } from '../stack.ts'
import { draw } from './camera.ts'
import { openDeps } from './deps.ts'
import { liveOn } from './live.ts'
import { importFirstPlaces } from './places.ts'
import { makeTown, TOWN_DAYS } from './town.ts'

const CACHE = 'node_modules/.cache/neighbourhood'
/** What decides what the neighbours have done. The Worker's own code is part of it only through its SQL and its rules. */
const SOURCES = [...TEMPLATE_SOURCES, 'dev/neighbourhood/*.ts', 'dev/{tracks,motion,random}.ts', 'src/measuring/*.ts']
/** Each start lives the days that are missing. After so many, a new neighbourhood is made sooner than they are lived. */
const KEPT_DAYS = 30

/** Stands beside the data of a populated stack. */
interface Life {
  readonly first_day: string
  /** How far it has been lived. */
  readonly until: string
}

type Say = (line: string) => void

/** Copies the neighbourhood to a folder that has none. The first time it is made, which takes minutes. */
export async function settleIn(folder: string, say: Say): Promise<void> {
  if (existsSync(lifeFile(folder))) return
  const template = await neighbourhoodTemplate(say)
  rmSync(folder, { recursive: true, force: true })
  cpSync(template, folder, { recursive: true })
}

/** Lives the time since the folder's neighbourhood was last lived. The Worker must not run yet. */
export async function catchUp(folder: string, cloud: Omit<Cloud, 'stop'>, say: Say): Promise<void> {
  const { first_day, until: from } = readLife(folder)
  const until = new Date()
  const { deps, dispose } = await openDeps(cloud, `${folder}/wrangler`)
  const unmute = muteWorker()
  try {
    const { acts, refused } = await liveOn(makeTown({ first_day, camera: draw }), deps, { from: new Date(from), until, say })
    const codes = Object.entries(refused).map(([code, count]) => `${count} × ${code}`)
    say(`${acts} acts since ${from}${codes.length > 0 ? `; the product refused ${codes.join(', ')}` : ''}`)
  } finally {
    unmute()
    await dispose()
  }
  writeFileSync(lifeFile(folder), JSON.stringify({ first_day, until: until.toISOString() } satisfies Life))
}

async function neighbourhoodTemplate(say: Say): Promise<string> {
  const folder = join(CACHE, sourcesHash())
  if (existsSync(folder) && Date.now() - Date.parse(readLife(folder).until) < KEPT_DAYS * DAY_MS) return folder
  say('making the neighbourhood: sixty owners live three months (it takes minutes, once)')
  mkdirSync(CACHE, { recursive: true })
  const unfinished = mkdtempSync(join(CACHE, 'unfinished-'))
  const first_day = seoulDate(new Date(Date.now() - TOWN_DAYS * DAY_MS))
  const cloud = await startCloud({ folder: `${unfinished}/postgres` })
  try {
    writeFileSync(
      lifeFile(unfinished),
      JSON.stringify({ first_day, until: new Date(`${first_day}T00:00:00+09:00`).toISOString() } satisfies Life),
    )
    await importFirstPlaces(cloud)
    await catchUp(unfinished, cloud, say)
  } finally {
    await cloud.stop()
  }
  for (const old of globSync(`${CACHE}/*`)) if (old !== unfinished) rmSync(old, { recursive: true, force: true })
  renameSync(unfinished, folder)
  return folder
}

/** What the Worker's code logs of thousands of requests would hide what the launcher says. Warnings and errors are still seen. */
function muteWorker(): () => void {
  const { log } = console
  console.log = (...words: unknown[]) => {
    if (!String(words[0]).startsWith('{"level":"info"')) log(...words)
  }
  return () => void (console.log = log)
}

const lifeFile = (folder: string) => `${folder}/life.json`
const readLife = (folder: string) => JSON.parse(readFileSync(lifeFile(folder), 'utf8')) as Life

function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern).toSorted()))
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0')
  return hash.digest('hex').slice(0, 16)
}
