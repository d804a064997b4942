import seeds from '../../../seeds/badges.tsv?raw'
import type { OracleBadge } from './oracle.ts'

export interface CatalogueBadge extends OracleBadge {
  readonly name: string
  readonly category: string
  readonly is_secret: boolean
}

const [head, ...lines] = seeds
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t'))
const names = head!

/** The badges of seeds/badges.tsv. A test may have put others beside them. */
export const catalogue: readonly CatalogueBadge[] = lines.map((cells) => {
  const cell = (name: string) => cells[names.indexOf(name)]!
  return {
    code: cell('code'),
    name: cell('name'),
    category: cell('category'),
    metric: cell('metric'),
    threshold: Number(cell('threshold')),
    tier: cell('tier') as OracleBadge['tier'],
    season_start: cell('season_start') || null,
    season_end: cell('season_end') || null,
    is_secret: cell('is_secret') === 'true',
  }
})
