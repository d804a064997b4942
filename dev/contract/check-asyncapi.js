import { readFile } from 'node:fs/promises'
import { Parser } from '@asyncapi/parser'

// Reads the AsyncAPI document at the given path as strangers' tools do, and ends with 1 where it is not valid.
const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], 'utf8'))
const WARNING = 1
const faults = diagnostics.filter(({ severity }) => severity <= WARNING)
for (const { code, message, path } of faults) console.error(`${path.join('.')}: ${message} (${code})`)
process.exitCode = document && faults.length === 0 ? 0 : 1
