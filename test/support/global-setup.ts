import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../dev/migrate.ts'
import { readRecordings, type Recording } from '../../dev/recordings.ts'
import { seed } from '../../dev/seed.ts'
import { startCloud } from '../../dev/stack.ts'
import { startPhotoLab } from './photo-lab.ts'

declare module 'vitest' {
  interface ProvidedContext {
    neonEndpoint: string
    redisUrl: string
    simulatorsUrl: string
    photoLabUrl: string
    isEmbedded: boolean
    /** Recorded tracks of TRACKS_DIR; none where it is not set. */
    recordings: Recording[]
  }
}

/** One throw-away cloud a run, on the embedded database or on a new one of the server at TEST_DATABASE_URL. */
export default async function setup(project: TestProject) {
  const server = process.env.TEST_DATABASE_URL
  const database = server ? await createDatabase(server) : null
  if (!database) console.log('starting the embedded Postgres with PostGIS (10 to 35 seconds)')
  const cloud = await startCloud({
    databaseUrl: database?.url,
    async prepare(url) {
      await migrate(url)
      await seed(url)
    },
  })
  project.provide('isEmbedded', !server)
  project.provide('neonEndpoint', cloud.neonEndpoint)
  project.provide('redisUrl', cloud.redisUrl)
  project.provide('simulatorsUrl', cloud.simulatorsUrl)
  const lab = await startPhotoLab()
  project.provide('photoLabUrl', lab.url)
  project.provide('recordings', await readRecordings(process.env.TRACKS_DIR))
  return async () => {
    await lab.stop()
    await cloud.stop()
    await database?.drop()
  }
}

async function createDatabase(server: string) {
  const name = `test_${Date.now()}_${process.pid}`
  const url = new URL(server)
  url.pathname = name
  const admin = async (statement: string) => {
    const client = new pg.Client(server)
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  await admin(`CREATE DATABASE ${name}`)
  return { url: url.href, drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`) }
}
