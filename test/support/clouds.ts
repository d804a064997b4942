import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../dev/migrate.ts'
import { embeddedTemplate } from '../../dev/postgres-template.ts'
import { seed } from '../../dev/seed.ts'
import { type Cloud, startCloud } from '../../dev/stack.ts'

declare module 'vitest' {
  interface ProvidedContext {
    isEmbedded: boolean
    clouds: Pick<Cloud, 'neonEndpoint' | 'redisUrl' | 'simulatorsUrl'>[]
  }
}

/** Vendors tell a Worker of what happened. Here it would be the one that somebody runs beside the tests, and `fetch` never calls this port. */
const NOBODY = 'http://127.0.0.1:9'

/**
 * Makes a throw-away cloud for each process that runs test files, so that no file meets the rows of another that runs at the same time. Each has an embedded
 * database, or a new one on the server at TEST_DATABASE_URL.
 */
export default async function setup(project: TestProject) {
  const server = process.env.TEST_DATABASE_URL
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const end of stops.splice(0).toReversed()) await end()
  }
  try {
    const count = Math.min(project.config.maxWorkers, await countFiles(project))
    const databases = server ? await createDatabases(server, count) : undefined
    if (databases) stops.push(databases.drop)
    // The template is made once, before several processes ask for it at the same time.
    if (!server) await embeddedTemplate()
    const clouds = await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const cloud = await startCloud({ databaseUrl: databases?.urls[i], workerUrl: NOBODY })
        stops.push(cloud.stop)
        return cloud
      }),
    )
    project.provide('isEmbedded', !server)
    project.provide(
      'clouds',
      clouds.map(({ neonEndpoint, redisUrl, simulatorsUrl }) => ({ neonEndpoint, redisUrl, simulatorsUrl })),
    )
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

/** A run of one file needs one cloud. */
async function countFiles(project: TestProject): Promise<number> {
  const { filenamePattern } = project.vitest as { filenamePattern?: string[] }
  return (await project.globTestFiles(filenamePattern)).testFiles.length
}

/** The first database is migrated and seeded. The others are copies of it. */
async function createDatabases(server: string, count: number) {
  const names = Array.from({ length: count }, (_, i) => `test_${Date.now()}_${process.pid}_${i + 1}`)
  const urls = names.map((name) => Object.assign(new URL(server), { pathname: name }).href)
  const admin = async (...statements: string[]) => {
    const client = new pg.Client(server)
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }
  const [first, ...others] = names
  await admin(`CREATE DATABASE ${first}`)
  const drop = () => admin(...names.map((name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  try {
    await migrate(urls[0]!)
    await seed(urls[0]!)
    await admin(...others.map((name) => `CREATE DATABASE ${name} TEMPLATE ${first}`))
  } catch (error) {
    await drop()
    throw error
  }
  return { urls, drop }
}
