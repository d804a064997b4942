/**
 * Which file may import which. A test compares these tables with those of src/README.md. Imports of types count as all others do, unless the column `types`
 * allows them.
 */

/** What a file is follows from its path. The first pattern that fits decides. `M` is a folder of `src/modules/` with the features inside it. */
const KINDS: readonly (readonly [kind: string, path: RegExp])[] = [
  ['core', /^src\/core\//],
  ['images', /^src\/images\//],
  ['measuring', /^src\/measuring\//],
  ['db/client', /^src\/db\/client\.ts$/],
  ['db', /^src\/db\//],
  ['redis/keys', /^src\/redis\/keys\.ts$/],
  ['redis', /^src\/redis\//],
  ['vendors', /^src\/vendors\//],
  ['jobs/sql', /^src\/jobs\/(sql|types)\.ts$/],
  ['jobs', /^src\/jobs\//],
  ['http', /^src\/http\//],
  ...['routes', 'room', 'jobs', 'service', 'queries', 'sql', 'schema', 'errors'].map(
    (layer) => [`M/${layer}`, new RegExp(`^src/modules/.*[/.]${layer}\\.ts$`)] as const,
  ),
  ['M/pure', /^src\/modules\//],
  ['config', /^src\/config\.ts$/],
  ['deps', /^src\/deps\.ts$/],
  ['app', /^src\/app\.ts$/],
  ['tasks', /^src\/(schedule|queues)\.ts$/],
  ['index', /^src\/index\.ts$/],
  ['neighbourhood', /^dev\/(neighbourhood\/|grant\.ts)/],
  ['dev', /^dev\/(?!worker\.ts)/],
  // Tests, and the file that hands the Worker to wrangler, may import anything.
  ['free', /^(test|migrations|dev)\//],
]

const words = (text: string) => text.split(' ')
/** `db` also stands for `db/client`. */
const isAmong = (names: string | undefined, name: string) => words(names ?? '').some((one) => name === one || name.startsWith(`${one}/`))

/** `own/` is the same domain, and `others/` is a domain that stands lower. `db` is also `db/client`, and `jobs` is also `jobs/sql`. */
export const table: Readonly<Record<string, { readonly may: string; readonly types?: string }>> = {
  core: { may: 'core' },
  images: { may: 'core images' },
  measuring: { may: 'core measuring' },
  db: { may: 'core db' },
  redis: { may: 'core redis' },
  vendors: { may: 'core vendors' },
  'jobs/sql': { may: 'db jobs/sql' },
  jobs: { may: 'core db jobs', types: 'deps' },
  http: { may: 'core http', types: 'deps' },
  'M/errors': { may: 'core images vendors' },
  'M/schema': { may: 'core own/schema own/pure others/schema' },
  'M/pure': { may: 'core images measuring own/pure own/schema own/errors others/schema', types: 'own/sql vendors' },
  'M/sql': { may: 'core db jobs/sql own/sql own/pure others/sql', types: 'own/schema others/schema' },
  'M/queries': { may: 'core db jobs/sql own/sql own/queries own/pure others/sql', types: 'measuring own/schema others/schema' },
  'M/service': {
    may: 'core images measuring db/client redis/keys jobs own/queries own/service own/schema own/errors own/pure others/service others/schema others/errors others/pure',
    types: 'deps vendors own/sql',
  },
  'M/jobs': { may: 'core measuring jobs own/queries own/service own/schema own/pure', types: 'deps' },
  'M/room': { may: 'core own/service own/schema own/errors own/pure', types: 'deps' },
  'M/routes': { may: 'core http own/routes own/service own/schema own/errors own/pure others/schema others/errors' },
  config: { may: 'core' },
  deps: { may: 'core config db redis vendors' },
  app: { may: 'core http deps M/routes' },
  tasks: { may: 'core db jobs tasks M/jobs', types: 'deps' },
  index: { may: 'app deps jobs tasks M/room' },
  dev: { may: 'core dev neighbourhood', types: 'measuring M/schema' },
  neighbourhood: { may: 'core jobs dev neighbourhood deps tasks M/service M/schema', types: 'measuring' },
}

/** Packages that only some files may import. Any other package may be imported everywhere. */
export const packages: readonly (readonly [name: string, kinds: string])[] = [
  ['hono', 'http app M/routes'],
  ['@hono/', 'http app M/routes'],
  ['drizzle-orm', 'db jobs tasks M/sql M/queries'],
  ['@neondatabase/', 'db'],
  ['@upstash/', 'redis'],
  ['cloudflare:', 'index jobs M/room'],
]

/** Folders of which other files may import only one file. */
export const doors: Readonly<Record<string, string>> = {
  'src/images/': 'src/images/clean-image.ts',
  'src/measuring/': 'src/measuring/measure-track.ts',
}

/**
 * The domains, from the lowest to the highest. Each may import only those before it. A feature that stands elsewhere than its domain is named by itself. Within
 * a domain imports go where they like, as long as no circle comes of it. A domain's `errors.ts` may be imported from anywhere, because it imports no domain.
 */
export const ladder: readonly string[] = [
  ...words('legal regions rooms/recheck users/settings'),
  ...words('subscriptions social/blocks social/suspensions social/posts notifications facts'),
  ...words('photos pets places weather'),
  ...words('badges streaks grades rankings'),
  ...words('walks rankings/hall'),
  ...words('users invitations rooms meetups'),
  ...words('social/follows social/likes social/comments social/reactions social/feed social/search social/moderation'),
  ...words('stats courses exports recommendations share-cards home payments app-config auth health admin'),
]

/** Folders that hold domains, as `modules/` does. */
const GROUPS = ['social']

function kindOf(path: string): string | null {
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? null
}

function domainOf(path: string): string {
  const [first = '', second = ''] = path.replace('src/modules/', '').split('/')
  return GROUPS.includes(first) ? `${first}/${second}` : first
}

/** How high a file of a module stands, or -1 when the ladder does not name it. */
function rungOf(path: string): number {
  const named = ladder.filter((name) => path.startsWith(`src/modules/${name}/`)).toSorted((a, b) => b.length - a.length)
  return ladder.indexOf(named[0] ?? '')
}

/** What is wrong with an import, or `null`. `to` is a path from the project's folder, or the name of a package. */
export function faultOf(from: string, to: string, isType: boolean): string | null {
  const kind = kindOf(from)
  if (kind === null) return from.startsWith('src/') ? `dev/lint/imports.ts does not say what ${from} is.` : null
  if (kind === 'free') return null
  return /^(src|dev|test|migrations|seeds)\//.test(to) ? faultOfFile(kind, from, to, isType) : faultOfPackage(kind, to)
}

function faultOfPackage(kind: string, name: string): string | null {
  const held = packages.find(
    ([start]) => name === start || name.startsWith(start.endsWith('/') || start.endsWith(':') ? start : `${start}/`),
  )
  return kind === 'dev' || kind === 'neighbourhood' || !held || isAmong(held[1], kind)
    ? null
    : `${held[0]} is for ${held[1]}, and this is ${kind}.`
}

function faultOfFile(kind: string, from: string, to: string, isType: boolean): string | null {
  const row = table[kind] ?? table[kind.split('/')[0] ?? '']
  const target = kindOf(to)
  if (target === null) return null
  const isOfModules = [from, to].every((path) => path.startsWith('src/modules/'))
  const name = isOfModules ? target.replace('M/', domainOf(from) === domainOf(to) ? 'own/' : 'others/') : target
  const isTypesOnly = isAmong(row?.types, name)
  if (!isAmong(row?.may, name) && !(isType && isTypesOnly)) return `${kind} may not import ${name}${isTypesOnly ? ', but its types' : ''}.`
  const door = Object.keys(doors).find((folder) => to.startsWith(folder) && !from.startsWith(folder))
  if (door && to !== doors[door]) return `${door} is entered through ${doors[door]}.`
  return name.startsWith('others/') ? faultOfArrow(from, to, target) : null
}

function faultOfArrow(from: string, to: string, target: string): string | null {
  if (target === 'M/errors') return null
  const [low, high] = [rungOf(to), rungOf(from)]
  if (low < 0 || high < 0) return `The ladder of dev/lint/imports.ts does not say where ${domainOf(low < 0 ? to : from)} stands.`
  return low < high ? null : `${ladder[high]} stands lower than ${ladder[low]} in the ladder of dev/lint/imports.ts, and may not import it.`
}
