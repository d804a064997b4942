/** Reads the project's own files, for tests of rules that no type and no linter can hold. */

/** A function, constant or type at a file's top level, with the comments before it. */
export interface Declaration {
  readonly path: string
  readonly name: string
  readonly isExported: boolean
  readonly comment: string
  /** The whole text of the declaration. */
  readonly text: string
}

export const files: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(import.meta.glob('../../src/**/*.ts', { query: '?raw', import: 'default', eager: true })).map(([path, text]) => [
    path.replace('../../', ''),
    text,
  ]),
)

// oxfmt formats every file, so a declaration at the start of a line is at the top level.
const BEGINNING = /^(?<exported>export )?(?:async )?(?:abstract )?(?:function|const|let|class|interface|type) (?<name>\w+)/
const IMPORT = /^import (?:type )?\{(?<names>[^}]*)\} from '(?<from>\.[^']*)'/gm

function readDeclarations([path, text]: [string, string]): Declaration[] {
  const found: { name: string; isExported: boolean; comment: string[]; lines: string[] }[] = []
  let comment: string[] = []
  for (const line of text.split('\n')) {
    const { name, exported } = BEGINNING.exec(line)?.groups ?? {}
    if (name) found.push({ name, isExported: exported !== undefined, comment, lines: [] })
    comment = /^(\/\*\*|\/\/| \*)/.test(line) ? [...comment, line] : []
    if (comment.length === 0) found.at(-1)?.lines.push(line)
  }
  return found.map((one) => ({ ...one, path, comment: one.comment.join('\n'), text: one.lines.join('\n') }))
}

export const declarations: readonly Declaration[] = Object.entries(files).flatMap(readDeclarations)

/** Each SQL function stands in a file of its own, which has its name. */
const sqlFunctions = new Map(
  Object.entries(import.meta.glob('../../src/**/functions/*.sql', { query: '?raw', import: 'default', eager: true })).map(
    ([path, text]) => {
      const name = path.split('/').at(-1)?.replace('.sql', '') ?? ''
      return [name, { path: path.replace('../../', ''), name, isExported: true, comment: '', text } satisfies Declaration]
    },
  ),
)

const byPlace = new Map(declarations.map((one) => [`${one.path}#${one.name}`, one]))

/** The declarations that a file's imported names stand for. */
const importsOf = new Map(
  Object.entries(files).map(([path, text]) => {
    const known = new Map<string, string>()
    for (const { groups = {} } of text.matchAll(IMPORT)) {
      const from = new URL(groups['from'] ?? '', `file:///${path}`).pathname.slice(1)
      for (const given of (groups['names'] ?? '').split(',')) {
        const [name = '', alias = name] = given
          .trim()
          .replace(/^type /, '')
          .split(' as ')
        if (name) known.set(alias, `${from}#${name}`)
      }
    }
    return [path, known]
  }),
)

export const isFunction = ({ text }: Declaration) => /^(export )?(async )?function |^(export )?const \w+ = (async )?\(/.test(text)

/** A function's parameters, as text. */
export function parametersOf({ text }: Declaration): string {
  let depth = 0
  const from = text.indexOf('(')
  for (let i = from; i < text.length; i++) {
    if (text[i] === '(') depth++
    if (text[i] === ')' && --depth === 0) return text.slice(from, i)
  }
  return ''
}

/** The declarations of the project that a declaration names, with the SQL functions that it calls. */
export function namedIn({ path, name, text }: Declaration): Declaration[] {
  const words = new Set(text.match(/\b\w+\b/g))
  words.delete(name)
  const called = new Set([...text.matchAll(/\b([a-z_]+)\(/g)].map(([, word = '']) => word))
  called.delete(name)
  return [
    ...[...words].flatMap((word) => byPlace.get(`${path}#${word}`) ?? byPlace.get(importsOf.get(path)?.get(word) ?? '') ?? []),
    ...[...called].flatMap((word) => sqlFunctions.get(word) ?? []),
  ]
}

/** Whether a declaration, its comment, or a declaration that it uses has a text. It looks into the files that `within` matches. */
export function says(declaration: Declaration, pattern: RegExp, within: RegExp, seen = new Set<Declaration>()): boolean {
  if (seen.has(declaration)) return false
  seen.add(declaration)
  return (
    pattern.test(`${declaration.comment}\n${declaration.text}`) ||
    namedIn(declaration).some((part) => within.test(part.path) && says(part, pattern, within, seen))
  )
}
