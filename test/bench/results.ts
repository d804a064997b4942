import type { Row } from './bench.ts'

const figure = (value: number | null) => (value === null ? '' : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2))

export function toTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, scale, unit, median, p95, n, bar }) => {
    const isMet = bar === null ? '' : median <= bar ? 'yes' : '**no**'
    return [
      what,
      scale,
      `${figure(median)} ${unit}`,
      p95 === null ? '' : `${figure(p95)} ${unit}`,
      String(n),
      bar === null ? '' : `≤ ${bar} ${unit}`,
      isMet,
    ]
  })
  const lines = [['what', 'scale', 'median', 'p95', 'n', 'bar', 'met'], ...cells]
  const widths = lines[0]!.map((_, column) => Math.max(3, ...lines.map((line) => line[column]!.length)))
  const toLine = (line: readonly string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [toLine(lines[0]!), toLine(widths.map((width) => '-'.repeat(width))), ...lines.slice(1).map(toLine)].join('\n')
}

/** Replaces the section of that heading in a Markdown document, or adds the section at its end. All other text stays. */
export function withSection(document: string, heading: string, content: string): string {
  const section = `## ${heading}\n\n${content.trim()}\n`
  const parts = document.trimEnd().split(/^(?=## )/m)
  const at = parts.findIndex((part) => part.split('\n')[0] === `## ${heading}`)
  if (at < 0) parts.push(section)
  else parts[at] = section
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`
}
