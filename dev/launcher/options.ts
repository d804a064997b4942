import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'

/** What a command takes: the names of its options, and a few words about each. */
export type Options = Readonly<Record<string, { readonly type: 'boolean' | 'string'; readonly about: string }>>
type Values<O extends Options> = { readonly [N in keyof O]?: O[N]['type'] extends 'string' ? string : boolean }

const HELP = { help: { type: 'boolean', about: 'shows this' } } as const

/**
 * Reads the command line. `--help` prints what there is and ends the process. Anything that is not known is an error of one line that lists what is, because
 * an option that is misspelt and ignored does something else than its author thinks.
 */
export function readOptions<const O extends Options>(
  command: string,
  about: string,
  options: O,
  args = process.argv.slice(2),
): Values<O> & { readonly help?: boolean } {
  const known: Options = { ...options, ...HELP }
  const wanted = Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, { type }])) as ParseArgsOptionsConfig
  try {
    const { values } = parseArgs({ args, options: wanted })
    if (values['help']) {
      console.log(helpOf(command, about, known))
      process.exit(0)
    }
    return values as Values<O>
  } catch (cause) {
    throw new Error(
      `${firstSentence(cause)}; ${command} knows ${Object.keys(known)
        .map((name) => `--${name}`)
        .join(', ')}`,
      { cause },
    )
  }
}

function helpOf(command: string, about: string, options: Options): string {
  const rows = Object.entries(options).map(
    ([name, { type, about: words }]) => [`--${name}${type === 'string' ? ' …' : ''}`, words] as const,
  )
  const width = Math.max(...rows.map(([left]) => left.length))
  return [`${command}: ${about}`, '', ...rows.map(([left, words]) => `  ${left.padEnd(width)}  ${words}`)].join('\n')
}

/** Node adds advice about options that begin with a dash. */
function firstSentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split(/\. |\n/)[0]!
}
