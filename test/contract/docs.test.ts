import { expect, it } from 'vitest'

/** Everything there is, dot files too. Only the names are used: nothing is loaded. */
const paths = Object.keys(
  import.meta.glob(
    [
      '../../**',
      '!../../{node_modules,.git,.dev,.wrangler}/**',
      '!../../dev/contract/{node_modules,generated}/**',
      '!../../assets/docs/**',
    ],
    { exhaustive: true },
  ),
).map(fromRoot)
const files = new Set(paths)
const names = new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1)))
const folders = new Set(paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))))

const documents = texts(
  import.meta.glob(
    ['../../*.md', '../../{docs,src,client,dev,test}/**/*.md', '!../../test/bench/results.md', '!../../dev/contract/node_modules/**'],
    { query: '?raw', import: 'default', eager: true },
  ),
)
const sources = texts(
  import.meta.glob(
    [
      '../../{src,dev,test}/**/*.{ts,js,sql}',
      '../../client/{src/*,*}.ts',
      '../../wrangler.toml',
      '!../../dev/contract/{node_modules,generated}/**',
    ],
    {
      query: '?raw',
      import: 'default',
      eager: true,
    },
  ),
)

/** Vite names files from the folder of this one. */
function fromRoot(name: string): string {
  return resolve('test/contract', name)
}

function texts(found: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(found).map(([name, text]) => [fromRoot(name), text]))
}

interface Citation {
  readonly by: string
  /** As it is written, with its `#section` where it has one. */
  readonly path: string
  /** Folders it may start from. */
  readonly from: readonly string[]
}

const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Links go from their own file; what stands in backticks goes from there, from `src/` or from the root, as people write it. */
function citedIn(by: string, markdown: string): Citation[] {
  const prose = markdown.replaceAll(/^```[^]*?^```/gm, '')
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, path = '']) => ({ by, path, from: [parentOf(by)] }))
  const words = [...prose.matchAll(/`([^`\s]+)`/g)].flatMap(([, path = '']) =>
    isPath(path) ? [{ by, path, from: [parentOf(by), 'src', ''] }] : [],
  )
  return [...links.filter(({ path }) => !path.includes('://')), ...words]
}

const TOP = /^(src|docs|test|dev|migrations|seeds|assets|\.ci|\.github)\//

/** A word that names one file or folder of ours, and not a pattern, a route or a prefix in R2. */
function isPath(word: string): boolean {
  if (/[<>{}*…:()$]/.test(word) || word.startsWith('/')) return false
  return TOP.test(word) || /^[\w.-]+(\/[\w.-]+)*\.(ts|js|sql|tsv|md|toml|json)(#[\w-]+)?$/.test(word)
}

/** Paths in comments. The imports are the compiler's affair. */
function citedInComments(by: string, source: string): Citation[] {
  const comments = source
    .split('\n')
    .flatMap((line) => /^\s*(?:\*|\/\/|\/\*|--|#)(.*)|\s(?:\/\/|--)\s(.*)$/.exec(line)?.slice(1).join('') ?? [])
  return comments
    .flatMap((comment) => [
      ...comment
        .replaceAll(/(\w+:\/|node_modules)\/\S+/g, '')
        .matchAll(/(?<![\w/…}>])(?:[\w.-]+\/)*[\w-][\w.-]*\.(?:tsv|ts|json|sql|md|toml)\b(?:#[\w-]+)?/g),
    ])
    .map(([path]) => ({ by, path, from: [parentOf(by), 'src', ''] }))
}

/** `a/b/../c` as `a/c`. */
function resolve(from: string, path: string): string {
  const steps: string[] = []
  for (const step of `${from}/${path}`.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return steps.join('/')
}

/** What GitHub calls a heading's anchor. */
function sectionsOf(markdown: string): Set<string> {
  return new Set(
    [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

function isThere({ by, path, from }: Citation): boolean {
  const [target = '', section] = path.split('#')
  // `routes.ts` alone speaks of any of that name.
  if (!target.includes('/') && section === undefined) return names.has(target)
  const found = target === '' ? by : from.map((folder) => resolve(folder, target)).find((it) => files.has(it) || folders.has(it))
  if (found === undefined) return false
  return section === undefined || sectionsOf(documents.get(found) ?? '').has(section)
}

const missing = (citations: readonly Citation[]) => citations.filter((one) => !isThere(one)).map(({ by, path }) => `${by}: ${path}`)

it('every path and section that a document cites exists', () => {
  const citations = [...documents].flatMap(([by, text]) => citedIn(by, text))
  expect(citations.map(({ path }) => path)).toContain('docs/product.md')
  expect(missing(citations)).toEqual([])
})

it('every path and section that a comment cites exists', () => {
  const citations = [...sources].flatMap(([by, text]) => citedInComments(by, text))
  expect(citations.map(({ path }) => path)).toContain('db/viewer.ts')
  expect(missing(citations)).toEqual([])
})

it('every domain has a page that says what it promises and what was decided', () => {
  const domains = [...folders].filter((folder) => /^src\/modules\/[^/]+$/.test(folder))
  expect(domains).toContain('src/modules/walks')
  expect(domains.filter((domain) => !files.has(`${domain}/README.md`))).toEqual([])
})

const onlyText = (found: Record<string, string>) => Object.values(found)[0] ?? ''
const packageJson = onlyText(import.meta.glob('../../package.json', { query: '?raw', import: 'default', eager: true }))
const devVars = onlyText(import.meta.glob('../../.dev.vars.example', { query: '?raw', import: 'default', eager: true }))

it('the README is short enough for a newcomer', () => {
  const words = (documents.get('README.md') ?? '').split(/\s+/).filter(Boolean)
  expect(words.length).toBeGreaterThan(500)
  expect(words.length).toBeLessThanOrEqual(1_200)
})

it('every npm script that a document names exists', () => {
  const { scripts } = JSON.parse(packageJson) as { scripts: Record<string, string> }
  const named = [...documents].flatMap(([by, text]) =>
    [...text.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test)\b)/g)].map(([, run, test]) => ({ by, name: run ?? test ?? '' })),
  )
  expect(named.map(({ name }) => name)).toEqual(expect.arrayContaining(['dev', 'test', 'db:migrate']))
  expect(named.filter(({ name }) => !(name in scripts))).toEqual([])
})

/** The names in the first column of the tables below one heading. */
function namedInTable(markdown: string, heading: string): string[] {
  const [, section = ''] = markdown.split(`## ${heading}\n`)
  const [rows = ''] = section.split(/^## /m)
  return [...rows.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name))
}

it('every variable that the Worker reads is in the one table of variables, and the example sets no other', () => {
  const config = sources.get('src/config.ts') ?? ''
  const read = [...config.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name)
  const told = namedInTable(documents.get('docs/deploy.md') ?? '', 'Environment variables')
  expect(read).toContain('DATABASE_URL')
  expect(read.filter((name) => !told.includes(name))).toEqual([])
  const offered = [...devVars.matchAll(/^# ([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name)
  expect(offered).toContain('KAKAO_APP_ID')
  expect(offered.filter((name) => !read.includes(name))).toEqual([])
})
