import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RuleTester } from 'oxlint/plugins-dev'
import { faultOf } from './imports.ts'
import { positionFault } from './positions.ts'

type Rule = Parameters<RuleTester['run']>[1]

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const inProject = (path: string) => relative(ROOT, path).replaceAll('\\', '/')

/** Whether all names of an import are types. */
const isEachType = (kinds: readonly string[]) => kinds.length > 0 && kinds.every((kind) => kind === 'type')

const imports: Rule = {
  create(context) {
    const judge = (source: { readonly type: string } | null, isType: boolean) => {
      if (source?.type !== 'Literal' || !('value' in source) || typeof source.value !== 'string') return
      const specifier = source.value
      const to = specifier.startsWith('.') ? inProject(resolve(dirname(context.filename), specifier)) : specifier
      const message = faultOf(inProject(context.filename), to, isType)
      if (message) context.report({ node: source as typeof source & { range: [number, number] }, message })
    }
    return {
      ImportDeclaration({ source, importKind, specifiers }) {
        const kinds = specifiers.map((specifier) => (specifier.type === 'ImportSpecifier' ? specifier.importKind : 'value'))
        judge(source, importKind === 'type' || isEachType(kinds.map(String)))
      },
      ExportNamedDeclaration({ source, exportKind, specifiers }) {
        judge(source, exportKind === 'type' || isEachType(specifiers.map((specifier) => String(specifier.exportKind))))
      },
      ExportAllDeclaration: ({ source, exportKind }) => judge(source, exportKind === 'type'),
      ImportExpression: ({ source }) => judge(source, false),
      TSImportType: ({ source }) => judge(source, true),
    }
  },
}

const positions: Rule = {
  create(context) {
    return {
      Program(node) {
        const message = positionFault(inProject(context.filename), context.sourceCode.text)
        if (message) context.report({ node, message })
      },
    }
  },
}

// oxlint reads the default export.
export default { meta: { name: 'house' }, rules: { imports, positions } }
