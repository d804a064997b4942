import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

/** A file of the archive: rows of one table, as `json`. Each row has a key, in whose order (as bytes) they stand. */
export interface Part {
  /** Of the file, and of `archived_records`. */
  readonly name: string
  readonly file: string
  /** Whose rows are in it, besides those of the first, which `restored` names. */
  readonly tables: readonly string[]
  /** `row` brings rows back. `record` keeps them for the next archive. `account` is what restoring writes by a statement of its own. `never`: they are of this account. */
  readonly restored: 'row' | 'record' | 'account' | 'never'
  /** Of the first of `tables`: those that stand in a row as they are. */
  readonly columns: readonly string[]
  /** The key of a row of the first of `tables`, or of one that was made of the file's. */
  readonly key: SQL
  /** Selects `row_key` and `content` (text) of a person, whose id is given. */
  rows(user: SQL): SQL
  /** A table of it beside it, for spreadsheets. */
  readonly csv?: { readonly file: string; readonly columns: readonly string[] }
  /** What the file holds, in Korean. */
  readonly about: string
}

interface Making<T extends PgTable> extends Pick<Part, 'about' | 'restored'> {
  readonly table: T
  /** Which rows are theirs. It may read tables of `join`. */
  readonly where: (user: SQL) => SQL
  readonly join?: SQL
  /** Parts of the key, as text. */
  readonly key: readonly SQL[]
  /** Columns that stay here: secrets, what is derived, and the owner's own id. */
  readonly omit?: readonly (keyof T['_']['columns'] & string)[]
  /** Further members, in place of columns or besides them. */
  readonly also?: Readonly<Record<string, SQL>>
  readonly tables?: readonly string[]
  readonly csv?: Part['csv']
}

export function defineFile<const T extends PgTable>(file: string, making: Making<T>): Part {
  const { table, where, join = sql``, key, omit = [], also = {}, tables = [], csv, about, restored } = making
  const left: readonly string[] = [...omit, ...Object.keys(also), 'request_hash']
  // Every file is defined when the Worker starts, and few requests read one, so what a statement needs is made when it is asked for.
  const columns = () => Object.entries(getTableColumns(table)).filter(([name]) => !left.includes(name))
  const rowKey = () => sql`concat_ws(' ', ${sql.join([...key], sql`, `)})`
  const members = () => [
    ...columns().map(([name, column]) => sql`${sql.raw(`'${name}'`)}, ${plain(sql`${column}`, column.getSQLType())}`),
    ...Object.entries(also).map(([name, value]) => sql`${sql.raw(`'${name}'`)}, ${value}`),
  ]
  return {
    name: file.split('.')[0] ?? file,
    file,
    tables: [getTableName(table), ...tables],
    restored,
    about,
    get columns() {
      return columns().map(([name]) => name)
    },
    get key() {
      return rowKey()
    },
    ...(csv && { csv }),
    rows: (user) => sql`
      SELECT ${rowKey()} AS row_key, json_build_object(${sql.join(members(), sql`, `)})::text AS content
      FROM ${table}${join}
      WHERE ${where(user)}`,
  }
}

/** As `jsonb_populate_recordset` reads it again. Points are EWKT, because readers other than PostGIS know it, and bytes are hexadecimal. */
function plain(value: SQL, type: string): SQL {
  if (type.startsWith('geography') || type.startsWith('geometry')) return sql`ST_AsEWKT(${value})`
  if (type === 'bytea') return sql`'\\x' || encode(${value}, 'hex')`
  if (type === 'tstzmultirange') return sql`${value}::text`
  return value
}

/** An instant as part of a key: its order as text is its order in time. */
export const instantKey = (at: SQL): SQL => sql`to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`

// blocked too: it stands in what its reader has written to them, and a block takes nobody's own words from them.
/** The nickname of somebody to whom its reader has written, while they are here. */
export const nicknameOf = (id: SQL): SQL =>
  sql`(SELECT named.nickname FROM users named WHERE named.id = ${id} AND named.deleted_at IS NULL)`
