import * as fc from 'fast-check'
import { beforeEach, expect, inject } from 'vitest'

/** The nth seed of the test that runs. It is the same in every run. */
export function seedOfTest(n: number): number {
  const { testPath = '', currentTestName = '' } = expect.getState()
  let hash = 2_166_136_261
  for (const letter of `${testPath.split('/test/').at(-1)} ${currentTestName} ${n}`)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619)
  return hash >>> 1
}

/**
 * In CI each property test draws the same cases in every run, so that a change fails by what it changes, and not by being the first to meet a rare case.
 * Anywhere else each run draws new ones, and names the seed when it fails.
 */
beforeEach(() => {
  if (inject('isCI')) fc.configureGlobal({ seed: seedOfTest(0) })
})

/** The same for a test that draws without fast-check. */
export const drawSeed = (): number => (inject('isCI') ? seedOfTest(0) : Math.floor(Math.random() * 2 ** 31))
