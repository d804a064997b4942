/** Numbers come as strings or as numbers. `-`, nothing, and what lies at 900 and beyond stands for an instrument that said nothing. */
export function toNumber(value: unknown): number | null {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  const number = text === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) && Math.abs(number) < 900 ? number : null
}
