import { type SQL, sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { settling } from '../../facts/sql.ts'
import type { Part } from '../archives/part.queries.ts'
import { type Restorer, restorers } from './restorers.queries.ts'

export interface Counted {
  readonly restored: number
  /** Rows that cannot be: of somebody who is gone, or with an id of somebody else's. */
  readonly dropped: number
}

// public: a job's.
/**
 * Whether a person may restore archives of an account: their own, or one that is gone and that nobody else has restored from. The first to do so is written down,
 * because badges and follows have no ids by which a second one would be noticed.
 */
export async function claimArchive(db: Db, userId: string, ownerId: string, now: Date): Promise<boolean> {
  if (userId === ownerId) return true
  const { answer } = await runBatch(db, {
    claimed: sql`
    INSERT INTO archive_claims (owner_id, user_id, claimed_at)
    SELECT ${ownerId}, ${userId}, ${now.toISOString()}
    WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = ${ownerId})
    ON CONFLICT (owner_id) DO NOTHING`,
    answer: sql<{ is_theirs: boolean }>`
    SELECT EXISTS (SELECT 1 FROM archive_claims WHERE owner_id = ${ownerId} AND user_id = ${userId}) AS is_theirs`,
  })
  return answer[0]?.is_theirs ?? false
}

/** A row of a file as text, which is how a record is kept. */
const linesOf = (rows: readonly string[]) => sql`jsonb_array_elements_text(${JSON.stringify(rows)}::jsonb) AS line (content)`

// public: a job's.
/** Brings rows back that are not there. What is there stays as it is, because it is newer. */
export async function restoreRows(
  db: Db,
  of: { user_id: string; import_id: string },
  part: Part,
  rows: readonly string[],
): Promise<Counted> {
  const restorer = restorers[part.name]
  if (part.restored === 'record') return keepRecords(db, of.user_id, part, rows)
  if (!restorer) return { restored: 0, dropped: 0 }
  const me = sql`${of.user_id}::uuid`
  const row = await firstRow<Counted>(
    db,
    'statement' in restorer ? restorer.statement(me, linesOf(rows)) : insertOf(part, restorer, me, of.import_id, rows),
  )
  return row ?? { restored: 0, dropped: 0 }
}

function insertOf(
  part: Part,
  { possible, values = () => ({}), after }: Extract<Restorer, { possible: unknown }>,
  me: SQL,
  importId: string,
  rows: readonly string[],
): SQL {
  const table = sql.raw(part.tables[0] ?? part.name)
  const own = values(me, sql`${`restored ${importId}`}::text`)
  const plain = part.columns.filter((name) => !(name in own))
  const names = sql.raw([...plain, ...Object.keys(own)].join(', '))
  const selected = sql.join([...plain.map((name) => sql.raw(`given.${name}`)), ...Object.values(own)], sql`, `)
  return sql`
    WITH given AS MATERIALIZED (
      SELECT given.*, line.content::jsonb AS json
      FROM ${linesOf(rows)}
      CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, line.content::jsonb) AS given
    ), possible AS MATERIALIZED (
      SELECT given.* FROM given WHERE ${possible(me)}
    ), made AS (
      INSERT INTO ${table} (${names})
      SELECT ${selected}
      FROM possible given
      ON CONFLICT DO NOTHING
      RETURNING ${table}.*
    )${after ? sql`, ${after(me)}` : sql``}
    SELECT (SELECT count(*) FROM made)::int AS restored, ((SELECT count(*) FROM given) - (SELECT count(*) FROM possible))::int AS dropped`
}

// public: a job's.
/**
 * Publishes courses that this import has brought back, as they were published, where that would be allowed to them today. It does not ask for premium, because what is
 * published outlives it.
 */
export async function republishCourses(
  db: Db,
  of: { user_id: string; import_id: string },
  rows: readonly string[],
  now: Date,
): Promise<void> {
  await runBatch(db, {
    lock: sql`SELECT 1 FROM users WHERE id = ${of.user_id} FOR NO KEY UPDATE`,
    published: sql`
    WITH given AS (
      SELECT (content::jsonb ->> 'id')::uuid AS id, was.*
      FROM ${linesOf(rows)}
      CROSS JOIN jsonb_to_record(nullif(content::jsonb -> 'publication', 'null')) AS was (published_at timestamptz, from_place_id uuid, to_place_id uuid)
      WHERE was.published_at IS NOT NULL
    ), allowed AS MATERIALIZED (
      -- Two places that were merged since may make one pair of two.
      SELECT DISTINCT ON (pair.low, pair.high) (asked.published).*
      FROM given
      JOIN courses ON courses.id = given.id AND courses.owner_id = ${of.user_id} AND courses.request_hash = ${`restored ${of.import_id}`}
        AND courses.published_at IS NULL AND courses.deleted_at IS NULL
      JOIN users ON users.id = courses.owner_id AND (users.suspended_until IS NULL OR users.suspended_until <= ${now.toISOString()})
      CROSS JOIN LATERAL publication_of(courses, given.from_place_id, given.to_place_id, given.published_at) AS asked
      CROSS JOIN LATERAL (
        SELECT least((asked.published).from_place_id, (asked.published).to_place_id) AS low,
               greatest((asked.published).from_place_id, (asked.published).to_place_id) AS high
      ) AS pair
      WHERE asked.verdict = 'ok'
      ORDER BY pair.low, pair.high, courses.id
    )
    UPDATE courses
    SET published_at = allowed.published_at, from_place_id = allowed.from_place_id, to_place_id = allowed.to_place_id,
        published_line = allowed.published_line, published_grid = allowed.published_grid, published_distance_m = allowed.published_distance_m
    FROM allowed
    WHERE courses.id = allowed.id`,
  })
}

// public: a job's.
async function keepRecords(db: Db, userId: string, part: Part, rows: readonly string[]): Promise<Counted> {
  const table = sql.raw(part.tables[0] ?? part.name)
  const row = await firstRow<Counted>(
    db,
    sql`
    WITH kept AS (
      INSERT INTO archived_records (user_id, part, row_key, content)
      SELECT ${userId}::uuid, ${part.name}, ${part.key}, line.content
      FROM ${linesOf(rows)}
      CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, line.content::jsonb) AS ${table}
      ON CONFLICT DO NOTHING
      RETURNING 1
    )
    SELECT count(*)::int AS restored, 0 AS dropped FROM kept`,
  )
  return row ?? { restored: 0, dropped: 0 }
}

// public: a job's.
/** Of these walks those that this import has brought back: where their recordings go. */
export async function listTrackKeys(
  db: Db,
  of: { user_id: string; import_id: string },
  walkIds: readonly string[],
): Promise<{ id: string; track_key: string }[]> {
  const { rows } = await db.execute<{ id: string; track_key: string }>(sql`
    SELECT id, track_key
    FROM walks
    WHERE id = ANY (${asArray(walkIds)}::uuid[]) AND user_id = ${of.user_id} AND request_hash = ${`restored ${of.import_id}`} AND track_key IS NOT NULL`)
  return rows
}

// public: a job's.
/** Settles the next walks that an import has brought back. Answers the last one's id, or null when there are no more. */
export async function settleNext(
  db: Db,
  of: { user_id: string; import_id: string },
  after: string,
  limit: number,
  now: Date,
): Promise<string | null> {
  const { rows } = await db.execute<{ id: string }>(sql`
    SELECT id
    FROM walks
    WHERE user_id = ${of.user_id} AND request_hash = ${`restored ${of.import_id}`} AND (${after} = '' OR id > nullif(${after}, '')::uuid)
    ORDER BY id
    LIMIT ${limit}`)
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return null
  await runBatch(
    db,
    settling(of.user_id, {
      photos: sql`
      UPDATE walks
      SET photo_count = (SELECT count(*) FROM photos WHERE photos.walk_id = walks.id)
      WHERE id = ANY (${asArray(ids)}::uuid[])`,
      settled: sql`SELECT settle_walk(walks.id, ${now.toISOString()}) FROM (SELECT id FROM walks WHERE id = ANY (${asArray(ids)}::uuid[]) ORDER BY started_at) AS walks`,
    }),
  )
  return ids.at(-1) ?? null
}
