import { readAddresses } from './launcher/addresses.ts'
import { readOptions } from './launcher/options.ts'
import { describeError } from './postgres-client.ts'

/** What the real registers and Kakao ask for. */
const KEYS = ['DATA_GO_KR_KEY', 'KAKAO_REST_API_KEY'] as const

async function importByHand(): Promise<string[]> {
  const options = readOptions(
    'npm run places:import --',
    'reads the registers of places into the stack that runs in this folder, as the nightly tasks do',
    {
      complete: { type: 'boolean', about: 'reads everything, and not only what has changed' },
      only: { type: 'string', about: 'one register: hospitals, pharmacies or parks' },
      trust: { type: 'boolean', about: 'closes what is missing also where that is more than 5 %, after somebody has looked' },
      real: {
        type: 'boolean',
        about: `asks the real vendors, with ${KEYS.join(' and ')} of the environment, for the Neon database at DATABASE_URL if that is set`,
      },
    },
  )
  const database = options.real ? process.env.DATABASE_URL : undefined
  const addresses = await readAddresses()
  if (!addresses && !database) throw new Error('no stack runs in this folder; start it with npm run dev')
  const keys = Object.fromEntries([...KEYS, 'DATA_GO_KR_RELAY'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  const missing = KEYS.filter((name) => !keys[name])
  if (options.real && missing.length > 0) throw new Error(`--real needs ${missing.join(' and ')} in the environment`)
  await import('./bundled.ts')
  const [{ depsWithoutBindings }, { importPlaces }] = await Promise.all([
    import('./neighbourhood/deps.ts'),
    import('./neighbourhood/places.ts'),
  ])
  const cloud = {
    neonEndpoint: addresses?.neon ?? '',
    // An import caches nothing.
    redisUrl: addresses?.redis ?? 'http://127.0.0.1:9',
    simulatorsUrl: options.real ? '' : (addresses?.simulators ?? ''),
  }
  const more = { ...(options.real && keys), ...(database && { DATABASE_URL: database, NEON_ENDPOINT: undefined }) }
  return importPlaces(depsWithoutBindings(cloud, more), {
    only: options.only,
    ...(options.complete && { is_complete: true }),
    ...(options.trust && { is_trusted: true }),
  })
}

try {
  for (const line of await importByHand()) console.log(line)
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
