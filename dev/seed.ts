import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectPostgres, describeError } from './postgres-client.ts'

type Value = string | number | string[] | null

/** A field of a seed file: its type in Postgres, and how its text becomes a value. `parse` throws an error that says what is wrong with the text. */
interface Field {
  type: string
  parse: (text: string) => Value
}

interface Seed {
  /** The table, and the file: `<table>.tsv`. */
  table: string
  /** The file's columns in their order. The first is the key. */
  fields: Record<string, Field>
  /** For table columns that the file does not have: column → SQL over the file's fields. */
  columns?: Record<string, string>
}

const text: Field = {
  type: 'text',
  parse(value) {
    if (!value) throw new Error('is empty')
    return value
  },
}
const textOrEmpty: Field = { type: 'text', parse: (value) => value }
const textOrNull: Field = { type: 'text', parse: (value) => value || null }
const int: Field = { type: 'int', parse: (value) => number(value, /^-?\d+$/) }
const decimal: Field = { type: 'float8', parse: (value) => number(value, /^-?\d+(\.\d+)?$/) }
const bool: Field = {
  type: 'boolean',
  parse(value) {
    if (value !== 'true' && value !== 'false') throw new Error(`is neither true nor false: ${value}`)
    return value
  },
}
/** A day of every year, or of leap years. A day that no year has would make every request for badges fail. */
const monthDay: Field = {
  type: 'text',
  parse(value) {
    const at = new Date(`2000-${value}T00:00:00Z`)
    if (Number.isNaN(at.getTime()) || at.toISOString().slice(5, 10) !== value) throw new Error(`is no MM-DD: ${value}`)
    return value
  },
}
/** It stays text here: as a value of JSON it would become a string of jsonb. */
const json: Field = {
  type: 'text',
  parse(value) {
    JSON.parse(value)
    return value
  },
}
const list: Field = {
  type: 'text[]',
  parse(value) {
    const items = value ? value.split(',') : []
    if (items.some((item) => !item || item !== item.trim())) throw new Error(`is no list: ${value}`)
    return items
  },
}

function number(value: string, form: RegExp): number {
  if (!form.test(value)) throw new Error(`is no number: ${value}`)
  return Number(value)
}

function oneOf(type: string, ...values: string[]): Field {
  return {
    type,
    parse(value) {
      if (!values.includes(value)) throw new Error(`is none of ${values.join(', ')}: ${value}`)
      return value
    },
  }
}

/** A field that may be empty. */
function orNull(field: Field): Field {
  return { type: field.type, parse: (value) => (value === '' ? null : field.parse(value)) }
}

const seeds: Seed[] = [
  {
    table: 'regions',
    fields: {
      code: text,
      level: oneOf('region_level', 'sido', 'sigungu'),
      parent_code: textOrNull,
      sido: text,
      sigungu: textOrEmpty,
      lat: decimal,
      lng: decimal,
      nx: int,
      ny: int,
    },
    columns: {
      code: 'code',
      level: 'level',
      parent_code: 'parent_code',
      sido: 'sido',
      sigungu: 'sigungu',
      center: 'ST_SetSRID(ST_MakePoint(lng, lat), 4326)::geography',
      kma_nx: 'nx',
      kma_ny: 'ny',
    },
  },
  // The longest prefix wins, and names a sigungu: (new_prefix + code.slice(old_prefix.length)).slice(0, 5). Dong digits do not carry over.
  // A `split:` row is a default for a district that became several districts. A caller who knows the position asks for the nearest sigungu instead.
  { table: 'region_aliases', fields: { old_prefix: text, new_prefix: text, note: textOrEmpty } },
  { table: 'sido_aliases', fields: { alias: text, sido: text } },
  // KMA's zones of warnings (data.go.kr 15000415, 15043573). A zone without sigungu is a whole sido. The sigungu of the parts of a city are those that KMA has
  // announced for it, and of the near seas (`S…`) those along them.
  { table: 'warning_zones', fields: { code: text, name: text, sido: text, sigungu_codes: list } },
  {
    table: 'breeds',
    fields: {
      code: text,
      species: oneOf('pet_species', 'dog', 'cat'),
      name: text,
      name_en: text,
      size: orNull(oneOf('pet_size', 'small', 'medium', 'large')),
      aliases: list,
      sort_order: int,
      is_brachycephalic: bool,
      has_double_coat: bool,
      has_thin_coat: bool,
      has_white_coat: bool,
    },
  },
  // A new badge on an existing metric is a row here and nothing else.
  {
    table: 'badges',
    fields: {
      code: text,
      category: oneOf('badge_category', 'distance', 'streak', 'exploration', 'time', 'special', 'season'),
      name: text,
      description: text,
      icon: text,
      metric: { type: 'badge_metric', parse: text.parse },
      threshold: int,
      difficulty: oneOf('badge_difficulty', 'beginner', 'easy', 'normal', 'hard', 'very_hard', 'legendary', 'mythic'),
      hint: text,
      tier: oneOf('badge_tier', 'free', 'premium'),
      season_start: orNull(monthDay),
      season_end: orNull(monthDay),
      is_secret: bool,
      sort_order: int,
    },
  },
  { table: 'grades', fields: { level: int, name: text, icon: text, required_m: int } },
  {
    table: 'titles',
    fields: { code: text, name: text, hint: text, needs: json, sort_order: int },
    columns: { code: 'code', name: 'name', hint: 'hint', needs: 'needs::jsonb', sort_order: 'sort_order' },
  },
  // A circle around the middle, or a point when there is no radius. Only these places count for badges.
  {
    table: 'places',
    fields: { code: text, kind: oneOf('place_kind', 'park', 'beach', 'mountain'), name: text, lat: decimal, lng: decimal, radius_m: int },
    columns: {
      code: 'code',
      kind: 'kind',
      name: 'name',
      area: 'CASE WHEN radius_m > 0 THEN ST_Buffer(ST_MakePoint(lng, lat)::geography, radius_m) ELSE ST_MakePoint(lng, lat)::geography END',
      location: 'ST_MakePoint(lng, lat)::geography',
      counts_for_badges: 'true',
      is_riverside: `name LIKE '%한강%'`,
      source_key: 'code',
      region_code: `(
        SELECT regions.code FROM regions WHERE level = 'sigungu' ORDER BY center <-> ST_MakePoint(lng, lat)::geography LIMIT 1
      )`,
    },
  },
]

// This is the key of an advisory lock. Without the lock, two seeders at the same time would both report the same rows as changed.
const LOCK = 7_310_226

/** Makes the reference tables equal to `seeds/`, all or nothing. Rows that left a file stay, because users may refer to them. */
export async function seed(url: string, folder = 'seeds'): Promise<string[]> {
  const files = seeds.map((entry) => ({ entry, rows: read(join(folder, `${entry.table}.tsv`), entry.fields) }))
  const client = await connectPostgres(url)
  try {
    const report: string[] = []
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    for (const { entry, rows } of files) {
      const { rowCount } = await client.query(upsert(entry), [JSON.stringify(rows)])
      report.push(`${entry.table}: ${rows.length} rows, ${rowCount ?? 0} changed`)
    }
    // Who has walked so far, or has the badges already, gets what is new in the files.
    await client.query('SELECT catch_up_grades(now())')
    await client.query('COMMIT')
    return report
  } finally {
    // Ending the connection rolls back an open transaction.
    await client.end()
  }
}

function upsert({ table, fields, columns }: Seed): string {
  const key = Object.keys(fields)[0]
  const targets = Object.entries(columns ?? Object.fromEntries(Object.keys(fields).map((name) => [name, name])))
  const names = targets.map(([column]) => column)
  const rest = names.filter((column) => column !== key)
  const typed = Object.entries(fields).map(([name, { type }]) => `${name} ${type}`)
  const of = (row: string) => rest.map((column) => `${row}.${column}`).join(', ')
  return `
    INSERT INTO ${table} (${names.join(', ')})
    SELECT ${targets.map(([, expression]) => expression).join(', ')}
    FROM json_to_recordset($1) AS file (${typed.join(', ')})
    ON CONFLICT (${key}) DO UPDATE SET ${rest.map((column) => `${column} = excluded.${column}`).join(', ')}
    WHERE (${of(table)}) IS DISTINCT FROM (${of('excluded')})`
}

/** Reads a strict TSV: a header that names the fields, no quoting, no blank lines, no stray spaces, composed Hangul, unique keys. */
function read(file: string, fields: Record<string, Field>): Record<string, Value>[] {
  const names = Object.keys(fields)
  const lines = readFileSync(file, 'utf8').split('\n')
  if (lines.pop() !== '') throw new Error(`${file}:${lines.length + 1}: the last line does not end`)
  const header = names.join('\t')
  if (lines[0] !== header) throw new Error(`${file}:1: the header is not ${names.join(', ')}`)
  const keys = new Set<string>()
  return lines.slice(1).map((line, index) => {
    const at = `${file}:${index + 2}`
    const cells = line.split('\t')
    if (cells.length !== names.length) throw new Error(`${at}: ${cells.length} cells, not ${names.length}`)
    const key = cells[0] ?? ''
    if (keys.has(key)) throw new Error(`${at}: ${key} is there twice`)
    keys.add(key)
    return Object.fromEntries(
      Object.entries(fields).map(([name, field], column) => {
        const cell = cells[column] ?? ''
        // macOS decomposes Hangul, and a decomposed name equals nothing a user types.
        if (cell !== cell.trim() || cell !== cell.normalize('NFC')) throw new Error(`${at}: ${name} has stray spaces or decomposed letters`)
        try {
          return [name, field.parse(cell)]
        } catch (error) {
          throw new Error(`${at}: ${name} ${(error as Error).message}`, { cause: error })
        }
      }),
    )
  })
}

if (import.meta.main) {
  try {
    if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL says which database to seed, and is not set')
    for (const line of await seed(process.env.DATABASE_URL)) console.log(line)
  } catch (error) {
    console.error(describeError(error))
    process.exitCode = 1
  }
}
