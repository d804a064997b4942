import { DAY_MS } from '../src/core/time.ts'
import { readAddresses } from './launcher/addresses.ts'
import { readOptions } from './launcher/options.ts'
import { connectPostgres, describeError, withoutPassword } from './postgres-client.ts'

const YEAR_MS = 365 * DAY_MS
const HERE = new Set(['127.0.0.1', 'localhost', '[::1]'])

interface Person {
  readonly id: string
  readonly nickname: string
}

/** Who is meant: by nickname, id or the provider's id, or whoever has logged in last. */
async function findPerson(postgres: string, user: string | undefined): Promise<Person> {
  const client = await connectPostgres(postgres)
  try {
    const { rows } = await client.query<Person>(
      user === undefined
        ? `SELECT users.id, users.nickname FROM sessions JOIN users ON users.id = sessions.user_id
           WHERE users.deleted_at IS NULL ORDER BY sessions.created_at DESC LIMIT 1`
        : `SELECT DISTINCT users.id, users.nickname FROM users LEFT JOIN identities AS identity ON identity.user_id = users.id
           WHERE users.deleted_at IS NULL AND $1 IN (users.nickname, users.id::text, identity.provider_id)`,
      user === undefined ? [] : [user],
    )
    const [person, ...others] = rows
    if (!person)
      throw new Error(user === undefined ? 'nobody has logged in yet' : `nobody here is called ${user}, as nickname, id or provider id`)
    if (others.length > 0)
      throw new Error(`${user} is the name of ${rows.length} people; say an id: ${rows.map(({ id }) => id).join(', ')}`)
    return person
  } finally {
    await client.end()
  }
}

async function grant(): Promise<string> {
  const options = readOptions(
    'npm run dev:grant --',
    'makes somebody an admin, a tester or premium in the stack that runs in this folder',
    {
      admin: { type: 'boolean', about: 'lets them call /admin/…' },
      tester: { type: 'boolean', about: 'lets purchases of a sandbox count for them, as in production for those who review the app' },
      premium: { type: 'boolean', about: 'gives them premium for a year' },
      user: { type: 'string', about: 'nickname, id or provider id; whoever logged in last without it' },
    },
  )
  if (options.admin && options.tester)
    throw new Error('somebody has one role; say --admin or --tester. Purchases of a sandbox count for admins as well')
  if (!options.admin && !options.tester && !options.premium) throw new Error('nothing to grant; say --admin, --tester or --premium')
  const addresses = await readAddresses()
  if (!addresses) throw new Error('no stack runs in this folder; start it with npm run dev')
  // A stack may use a database elsewhere, and that may be the real one.
  if (!HERE.has(new URL(addresses.postgres).hostname))
    throw new Error(`the stack uses the database at ${withoutPassword(addresses.postgres)}; grants are for databases on this machine only`)
  const { id, nickname } = await findPerson(addresses.postgres, options.user)
  await import('./bundled.ts')
  const [{ depsWithoutBindings }, { giveRole }, { grantPremium }] = await Promise.all([
    import('./neighbourhood/deps.ts'),
    import('./neighbourhood/admin.ts'),
    import('../src/modules/subscriptions/service.ts'),
  ])
  const deps = depsWithoutBindings({ neonEndpoint: addresses.neon, redisUrl: addresses.redis, simulatorsUrl: addresses.simulators })
  const until = new Date(Date.now() + YEAR_MS)
  if (options.admin) await giveRole(deps, id, 'admin')
  if (options.tester) await giveRole(deps, id, 'tester')
  if (options.premium) await grantPremium(deps, id, until)
  const granted = [
    ...(options.admin ? ['an admin'] : []),
    ...(options.tester ? ['a tester'] : []),
    ...(options.premium ? [`premium until ${until.toISOString().slice(0, 10)}`] : []),
  ]
  return `${nickname} (${id}) is ${granted.join(' and ')}`
}

try {
  console.log(await grant())
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
