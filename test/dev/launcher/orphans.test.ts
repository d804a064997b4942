import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { endOrphans, markOf } from '../../../dev/launcher/orphans.ts'

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

const newFolder = () => mkdtempSync(join(tmpdir(), 'stack-'))
const STAY = 'setInterval(() => {}, 1000)'

function start(code: string, env: Record<string, string> = {}, args: string[] = []): ChildProcess {
  const child = spawn(process.execPath, [...args, '-e', code], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  started.push(child)
  return child
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 500 && isAlive(pid); tries++) await sleep(20)
  expect(isAlive(pid)).toBe(false)
}

it('ends the marked processes of one folder and no others', async () => {
  const [mine, other] = [newFolder(), newFolder()]
  const [orphan, neighbour, stranger] = [start(STAY, markOf(mine)), start(STAY, markOf(other)), start(STAY)]
  await Promise.all([orphan, neighbour, stranger].map((child) => once(child, 'spawn')))
  const ended = once(orphan, 'exit')
  // A process shows its environment a moment after it was spawned.
  let found = 0
  for (let tries = 0; tries < 100 && found === 0; tries++) {
    found = await endOrphans(mine)
    await sleep(20)
  }
  expect(found).toBe(1)
  expect((await ended)[1]).toBe('SIGKILL')
  expect(isAlive(neighbour.pid!)).toBe(true)
  expect(isAlive(stranger.pid!)).toBe(true)
  expect(await endOrphans(mine)).toBe(0)
})

it('a child on the leash ends, with what it has started, when its parent is killed', async () => {
  const leash = join(process.cwd(), 'dev/launcher/leash.ts')
  const child = `const { pid } = require('node:child_process').spawn(process.execPath, ['-e', '${STAY}'], { stdio: 'ignore' }); console.log(process.pid, pid); ${STAY}`
  const parent = start(
    `require('node:child_process').spawn(process.execPath, ['--import', ${JSON.stringify(leash)}, '-e', ${JSON.stringify(child)}],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true }); ${STAY}`,
  )
  const [said] = (await once(parent.stdout!, 'data')) as [Buffer]
  const pids = said.toString().trim().split(' ').map(Number)
  expect(pids).toHaveLength(2)
  expect(pids.every(isAlive)).toBe(true)
  parent.kill('SIGKILL')
  for (const pid of pids) await untilGone(pid)
})
