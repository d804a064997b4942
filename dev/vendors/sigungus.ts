import { existsSync, readFileSync } from 'node:fs'

/** A city, county or district, where its office is. */
export interface Sigungu {
  code: string
  sido: string
  sigungu: string
  lat: number
  lng: number
}

/** Rows of level sigungu, by the header's names. Without the file there are none. */
export function readSigungus(file = 'seeds/regions.tsv'): Sigungu[] {
  if (!existsSync(file)) return []
  const [header = '', ...lines] = readFileSync(file, 'utf8').split(/\r?\n/)
  const names = header.split('\t')
  const rows = lines.filter(Boolean).map((line) => {
    const cells = line.split('\t')
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
  })
  return rows
    .filter((row) => row.level === 'sigungu')
    .map((row) => ({
      code: row.code ?? '',
      sido: row.sido ?? '',
      sigungu: row.sigungu_spaced || row.sigungu || '',
      lat: Number(row.lat),
      lng: Number(row.lng ?? row.lon),
    }))
    .filter(({ code, lat, lng }) => /^\d{5}/.test(code) && Number.isFinite(lat) && Number.isFinite(lng))
}
