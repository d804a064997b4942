import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const TOOLS = 'dev/contract'
const OPENAPI = 'test/contract/openapi.snapshot.json'
const ASYNCAPI = 'test/contract/asyncapi.snapshot.json'
const GENERATED = 'client/src/generated'

interface AsyncApi {
  operations: Record<'hearClient' | 'tellClient', { messages: { $ref: string }[] }>
  components: { schemas: Record<string, unknown> }
  [extension: `x-${string}`]: unknown
}

const TITLE = { title: 'withbowwow', version: '1' }

/** The types of an OpenAPI document. */
async function typesOf(documentPath: string): Promise<string> {
  // A field of a body that has a default may be left out.
  const options = [documentPath, '--default-non-nullable=false']
  const { stdout } = await run(process.execPath, [`${TOOLS}/node_modules/openapi-typescript/bin/cli.js`, ...options], {
    maxBuffer: 64 * 1_024 * 1_024,
  })
  return stdout
}

const nameOf = ({ $ref }: { $ref: string }) => $ref.slice($ref.lastIndexOf('/') + 1)

/** The types of the rooms' messages, and the figures and close codes that a client keeps to. */
async function roomTypes(asyncapi: AsyncApi, folder: string): Promise<string> {
  // Its schemas are JSON Schema as those of OpenAPI are, so one tool makes the types of both.
  const path = join(folder, 'schemas.json')
  const { schemas } = asyncapi.components
  await writeFile(path, JSON.stringify({ openapi: '3.1.0', info: TITLE, paths: {}, components: { schemas } }))
  const union = (operation: keyof AsyncApi['operations']) =>
    asyncapi.operations[operation].messages.map((message) => `components['schemas']['${nameOf(message)}']`).join(' | ')
  const constant = (name: string, key: `x-${string}`) => `export const ${name} = ${JSON.stringify(asyncapi[key])} as const\n`
  return [
    await typesOf(path),
    `/** What the room says. */\nexport type RoomMessage = ${union('tellClient')}\n`,
    `/** What a client says. */\nexport type ClientMessage = ${union('hearClient')}\n`,
    constant('closings', 'x-closings'),
    constant('reconnecting', 'x-reconnecting'),
    constant('heartbeat', 'x-heartbeat'),
    constant('limits', 'x-limits'),
  ].join('\n')
}

/** A test compares this line with the document, so that nobody forgets to make the types again. */
async function headOf(documentPath: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(documentPath))
    .digest('hex')
  return `// Made by npm run client from ${documentPath}, sha256 ${hash}\n`
}

/** Makes the client's types from the two documents, and builds the package. */
async function makeClient(): Promise<void> {
  if (!existsSync(`${TOOLS}/node_modules`)) await run('npm', ['ci', '--no-audit', '--no-fund', '--prefix', TOOLS])
  await run(process.execPath, [`${TOOLS}/check-asyncapi.js`, ASYNCAPI])
  const folder = await mkdtemp(join(tmpdir(), 'client-'))
  try {
    const asyncapi = JSON.parse(await readFile(ASYNCAPI, 'utf8')) as AsyncApi
    await writeFile(`${GENERATED}/api.ts`, (await headOf(OPENAPI)) + (await typesOf(OPENAPI)))
    await writeFile(`${GENERATED}/room.ts`, (await headOf(ASYNCAPI)) + (await roomTypes(asyncapi, folder)))
  } finally {
    await rm(folder, { recursive: true })
  }
  await run('npx', ['oxfmt', GENERATED])
  await rm('client/dist', { recursive: true, force: true })
  await run('npx', ['tsc', '--project', 'client/tsconfig.build.json'])
  console.log('client/dist is built')
}

await makeClient()
