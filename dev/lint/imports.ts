/**
 * Which file may import which: the tables of src/README.md, which a test compares with these. Imports of types count as all others do, but where the second
 * column allows a type alone.
 */

/** What a file is follows from its path; the first that fits decides. `M` is a folder of `src/modules/`, with the features inside it. */
const KINDS: readonly (readonly [kind: string, path: RegExp])[] = [
  ['core', /^src\/core\//],
  ['images', /^src\/images\//],
  ['measuring', /^src\/measuring\//],
  ['db', /^src\/db\//],
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
  ['tasks', /^src\/(schedule|queues|registry)\.ts$/],
  ['index', /^src\/index\.ts$/],
  ['dev', /^dev\/(?!worker\.ts)/],
  // Tests, and what hands the Worker to wrangler, may look anywhere.
  ['free', /^(test|migrations|dev)\//],
]

const words = (text: string) => text.split(' ').filter(Boolean)

/** `own` is the same domain, `others` any other that stands lower; every kind may import itself, but of modules its `own` alone. */
export const table: Readonly<Record<string, { readonly may: string; readonly types?: string }>> = {
  core: { may: 'core' },
  images: { may: 'core images' },
  measuring: { may: 'core measuring' },
  db: { may: 'core db' },
  redis: { may: 'core redis' },
  vendors: { may: 'core vendors' },
  'jobs/sql': { may: 'db jobs/sql' },
  jobs: { may: 'core db jobs jobs/sql', types: 'deps' },
  http: { may: 'core http', types: 'deps' },
  'M/errors': { may: 'core images vendors' },
  'M/schema': { may: 'core own/schema own/pure others/schema' },
  'M/pure': { may: 'core images measuring own/pure own/schema own/errors others/schema', types: 'own/sql vendors' },
  'M/sql': { may: 'core db jobs/sql own/sql others/sql', types: 'own/schema others/schema' },
  'M/queries': { may: 'core db jobs/sql own/sql own/queries others/sql', types: 'own/schema own/pure others/schema measuring' },
  'M/service': {
    may: 'core images measuring jobs db redis own/service own/queries own/schema own/errors own/pure others/service others/schema others/errors others/pure',
    types: 'deps vendors own/sql',
  },
  'M/jobs': { may: 'core measuring jobs jobs/sql own/service own/queries own/schema own/pure', types: 'deps' },
  'M/room': { may: 'core own/service own/schema own/errors own/pure', types: 'deps' },
  'M/routes': { may: 'core http own/routes own/service own/schema own/errors own/pure others/schema others/errors' },
  config: { may: 'core' },
  deps: { may: 'core config db redis vendors' },
  app: { may: 'core http deps others/routes' },
  tasks: { may: 'core db jobs jobs/sql tasks others/jobs', types: 'deps' },
  index: { may: 'app deps tasks others/room jobs' },
  dev: { may: 'core dev', types: 'measuring others/schema' },
}

/** Packages that only some files may know; everything else may be imported wherever it is of use. */
export const packages: readonly (readonly [name: string, kinds: string])[] = [
  ['hono', 'http app M/routes'],
  ['@hono/', 'http app M/routes'],
  ['drizzle-orm', 'db jobs jobs/sql tasks M/sql M/queries'],
  ['@neondatabase/', 'db'],
  ['@upstash/', 'redis'],
  ['cloudflare:', 'index jobs M/room'],
]

/** Folders that are entered through one file. */
export const doors: Readonly<Record<string, string>> = {
  'src/images/': 'src/images/clean-image.ts',
  'src/measuring/': 'src/measuring/measure-track.ts',
}

/**
 * The domains, from the lowest to the highest: each may import only what stands before it. A feature that stands elsewhere than its domain is named itself;
 * within a domain imports go where they like, as long as no circle comes of it. `errors.ts` are below them all, since they import nothing of ours.
 */
export const ladder: readonly string[] = [
  ...words('regions rooms/recheck users/settings'),
  ...words('subscriptions social/blocks notifications facts'),
  ...words('photos pets places weather'),
  ...words('badges streaks rankings'),
  ...words('walks rankings/hall'),
  ...words('users invitations rooms meetups social'),
  ...words('stats courses exports recommendations share-cards auth health admin'),
]

/** Arrows up that stay, each with its reason. */
export const exceptions: readonly { readonly from: string; readonly to: string; readonly because: string }[] = []

/** Their folders hold domains, as `modules/` does. */
const GROUPS = ['social']

export function kindOf(path: string): string | null {
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? null
}

function domainOf(path: string): string {
  const [first = '', second = ''] = path.replace('src/modules/', '').split('/')
  return GROUPS.includes(first) ? `${first}/${second}` : first
}

/** How high a file of a module stands; -1 where nobody has said it. */
function rungOf(path: string): number {
  const named = ladder.map((name, rung) => ({ name, rung })).filter(({ name }) => path.startsWith(`src/modules/${name}/`))
  return named.sort((a, b) => b.name.length - a.name.length)[0]?.rung ?? -1
}

/** What is wrong with an import, or `null`. Paths are the project's, or a package's name. */
export function faultOf(from: string, to: string, isType: boolean): string | null {
  const kind = kindOf(from)
  if (kind === null || kind === 'free') return null
  return /^(src|dev|test|migrations|seeds)\//.test(to) ? faultOfFile(kind, from, to, isType) : faultOfPackage(kind, to)
}

function faultOfPackage(kind: string, name: string): string | null {
  const held = packages.find(
    ([start]) => name === start || name.startsWith(start.endsWith('/') || start.endsWith(':') ? start : `${start}/`),
  )
  return kind === 'dev' || !held || words(held[1]).includes(kind) ? null : `${held[0]} is for ${held[1]}, and this is ${kind}.`
}

function faultOfFile(kind: string, from: string, to: string, isType: boolean): string | null {
  const { may = '', types = '' } = table[kind] ?? {}
  const target = kindOf(to)
  if (target === null) return null
  const isOwn = from.startsWith('src/modules/') && domainOf(from) === domainOf(to)
  const name = target.startsWith('M/') ? target.replace('M/', isOwn ? 'own/' : 'others/') : target
  if (!words(may).includes(name) && !(isType && words(types).includes(name))) {
    return words(types).includes(name) ? `${kind} may import ${name} as a type only.` : `${kind} may not import ${name}.`
  }
  const door = Object.keys(doors).find((folder) => to.startsWith(folder) && !from.startsWith(folder))
  if (door && to !== doors[door]) return `${door} is entered through ${doors[door]}.`
  return name.startsWith('others/') && from.startsWith('src/modules/') ? faultOfArrow(from, to, target) : null
}

function faultOfArrow(from: string, to: string, target: string): string | null {
  if (target === 'M/errors' || exceptions.some((exception) => from === exception.from && to === exception.to)) return null
  const [low, high] = [rungOf(to), rungOf(from)]
  if (low < 0 || high < 0) return `The ladder of dev/lint/imports.ts does not say where ${domainOf(low < 0 ? to : from)} stands.`
  return low < high ? null : `${ladder[high]} stands lower than ${ladder[low]} in the ladder of dev/lint/imports.ts, and may not import it.`
}
