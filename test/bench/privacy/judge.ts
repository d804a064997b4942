import {
  AT_MEETUPS,
  type AttackedHome,
  CARD,
  CIRCLE,
  type Result,
  SECOND_ACCOUNT,
  STRANGERS_SECOND_ACCOUNT,
  THREE_MONTHS,
} from './attack.ts'
import type { Kind } from './world.ts'

const NEAR_M = 50

interface Line {
  readonly attacker: string
  readonly seen: number
  readonly homes: number
  /** Shares of homes within 25, 50 and 100 m. */
  readonly within: readonly [number, number, number]
  readonly median_m: number
  readonly sure: number
  /** The most (of a canary: the least) that is accepted within 50 m. */
  readonly bar: number | null
  readonly isMet: boolean
}

export interface Judged {
  readonly lines: readonly Line[]
  readonly table: string
  readonly isMet: boolean
}

const isCanary = (attacker: string) => attacker === CIRCLE || attacker === CARD

/** What is accepted: 5 % within 50 m in the city and 3 points more than a blind guess in the county, from 20 walks and from three months of totals; the live room tells more, and says so. */
function barOf({ attacker, seen }: Result, kind: Kind, blind: number): number | null {
  // In the county a house has one or two ways out, and two ends fit two circles.
  if (isCanary(attacker)) return kind === 'county' ? null : attacker === CIRCLE ? 0.9 : 0.3
  // At a meetup nobody is shown far from its place, so strangers may learn half as much as companions.
  if (attacker === AT_MEETUPS) return seen === 1 ? 0.05 : 0.1
  if (attacker.startsWith('live room')) return seen === 1 ? 0.1 : 0.2
  if (attacker === SECOND_ACCOUNT || attacker === STRANGERS_SECOND_ACCOUNT || seen === 0) return null
  if (seen === THREE_MONTHS && !/totals|hole/.test(attacker)) return null
  return kind === 'city' ? 0.05 : blind + 0.03
}

export function judge(kind: Kind, homes: readonly AttackedHome[]): Judged {
  const blind = homes.reduce((sum, home) => sum + home.blind, 0) / homes.length
  const groups = Map.groupBy(homes.flatMap(({ results }) => results), ({ attacker, seen }) => `${attacker}|${seen}`) // prettier-ignore
  const lines = [...groups.values()].map((results): Line => {
    const errors = results.map(({ error_m }) => error_m).toSorted((a, b) => a - b)
    const share = (most: number) => errors.filter((error) => error <= most).length / errors.length
    const { attacker, seen } = results[0]!
    const bar = barOf(results[0]!, kind, blind)
    const near = share(NEAR_M)
    return {
      attacker,
      seen,
      homes: errors.length,
      within: [share(25), near, share(100)],
      median_m: errors[errors.length >> 1]!,
      sure: results.reduce((sum, { sure }) => sum + sure, 0) / results.length,
      bar,
      isMet: bar === null || (isCanary(attacker) ? near >= bar : near <= bar),
    }
  })
  return { lines, table: `${tableOf(kind, lines)}\n\n${shapesLeft(homes, blind)}`, isMet: lines.every(({ isMet }) => isMet) }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

function tableOf(kind: Kind, lines: readonly Line[]): string {
  const rows = lines.map(({ attacker, seen, homes, within, median_m, sure, bar, isMet }) => [
    `${kind}: ${attacker}`,
    String(seen),
    String(homes),
    ...within.map(percent),
    `${median_m.toFixed(0)} m`,
    percent(sure),
    bar === null ? '' : `${isCanary(attacker) ? '≥' : '≤'} ${percent(bar)}`,
    bar === null ? '' : isMet ? 'yes' : '**no**',
  ])
  const all = [['attacker', 'seen', 'homes', '25 m', '50 m', '100 m', 'median', 'own belief', 'bar', 'met'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  const toLine = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [toLine(all[0]!), toLine(widths.map((width) => '-'.repeat(width))), ...all.slice(1).map(toLine)].join('\n')
}

function shapesLeft(homes: readonly AttackedHome[], blind: number): string {
  const corners = homes.flatMap((home) => home.corners).toSorted((a, b) => a - b)
  const drawn = corners.filter((count) => count > 0)
  const none = percent(1 - drawn.length / corners.length)
  return `A random house of the dong is within 50 m in ${percent(blind)}. Sketches have ${drawn[drawn.length >> 1]} corners (median); ${none} of walks have none.`
}
