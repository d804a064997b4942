import { type AttackedHome, attackHome } from './privacy/attack.ts'
import { judge } from './privacy/judge.ts'

const HOMES = 200
const FIRST_SEED = 1_000

/** Attackers with a street map look for homes in what others may see of walks (docs/product.md#privacy). The process fails where one finds too many. */
export async function benchPrivacy({ scale }: { scale: number }): Promise<string> {
  const tables: string[] = []
  for (const kind of ['city', 'county'] as const) {
    const homes: AttackedHome[] = []
    for (let i = 0; i < Math.round(HOMES * scale); i++) homes.push(await attackHome(FIRST_SEED + i, kind))
    const { table, isMet } = judge(kind, homes)
    tables.push(table)
    if (!isMet) process.exitCode = 1
  }
  return tables.join('\n\n')
}
