import { escapeXml } from '../../../src/core/xml.ts'

/** The XML twin of an answer in JSON. A list under `items` is one of `item`. */
export function toXml(answer: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${Object.entries(answer).map(element).join('')}`
}

function element([name, value]: [string, unknown]): string {
  if (Array.isArray(value)) {
    const rows = value.map((row: unknown) => element([name === 'items' ? 'item' : name, row])).join('')
    return name === 'items' ? `<items>${rows}</items>` : rows
  }
  if (value === null || value === undefined || value === '') return `<${name}/>`
  const content = typeof value === 'object' ? Object.entries(value).map(element).join('') : escapeXml(String(value))
  return `<${name}>${content}</${name}>`
}
