import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Every child of a stack, and every child of a child, carries the stack's folder in its environment under this name. */
const MARK = 'WITHBOWWOW_STACK'

export const markOf = (folder: string): Record<string, string> => ({ [MARK]: resolve(folder) })

/**
 * Ends what a stack of this folder has left behind, and answers how many processes that were. Only processes with the mark of this very folder are ended.
 * Call it with the folder locked: whatever carries the mark then belongs to nobody. Without /proc there is nothing to find them by.
 */
export async function endOrphans(folder: string): Promise<number> {
  const found = marked(folder)
  for (const pid of found) kill(pid)
  for (let tries = 0; tries < 100 && marked(folder).length > 0; tries++) await sleep(20)
  return found.length
}

function marked(folder: string): number[] {
  const mark = `${MARK}=${resolve(folder)}`
  return list('/proc').filter((pid) => pid !== process.pid && environmentOf(pid).includes(mark))
}

function list(folder: string): number[] {
  try {
    return readdirSync(folder).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

/** Empty for processes of other people, and for zombies. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
