import type { TestProject } from 'vitest/node'
import { readRecordings, type Recording } from '../../dev/recordings.ts'
import { type Case, readCases } from './cases.ts'
import { startPhotoLab } from './photo-lab.ts'

declare module 'vitest' {
  interface ProvidedContext {
    isCI: boolean
    photoLabUrl: string
    /** Recorded tracks of TRACKS_DIR, or none when it is not set. */
    recordings: Recording[]
    /** Inputs of the folder `cases` of TRACKS_DIR, or none. */
    cases: Case[]
  }
}

/** What the tests of both projects use. */
export default async function setup(project: TestProject) {
  const lab = await startPhotoLab()
  project.provide('isCI', Boolean(process.env.CI))
  project.provide('photoLabUrl', lab.url)
  project.provide('recordings', await readRecordings(process.env.TRACKS_DIR))
  project.provide('cases', readCases(process.env.TRACKS_DIR))
  return lab.stop
}
