import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { answerOf, type Db, firstRow } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import type { CreateHealthRecord, EditHealthRecord, HealthRecord, HealthReport } from './schema.ts'
import { isPremium } from '../../subscriptions/sql.ts'

/** The JSON of a row of `health_records`, which must be in scope by that name. */
const recordJson = sql`json_build_object(
        'id', health_records.id,
        'record_type', health_records.record_type,
        'record_date', health_records.record_date,
        'value_numeric', health_records.value_numeric,
        'title', health_records.title,
        'memo', health_records.memo,
        'next_date', health_records.next_date,
        'created_at', health_records.created_at
      )`

/** CTE `pet`: the viewer's pet with that id, if it is not archived. */
const petOf = (actor: Actor, petId: string): SQL => sql`${viewer(actor)}, pet AS (
      SELECT pets.id
      FROM viewer
      JOIN pets ON pets.user_id = viewer.id
      WHERE pets.id = ${petId} AND pets.archived_at IS NULL
    )`

/** The newest weight record among rows like those of `health_records`. It says what the pet weighs. */
const newestWeight = (rows: SQL): SQL => sql`
      SELECT record.id, record.value_numeric
      FROM (${rows}) AS record
      WHERE record.record_type = 'weight' AND record.deleted_at IS NULL
      ORDER BY record.record_date DESC, record.created_at DESC, record.id
      LIMIT 1`

/**
 * CTE `written`: `write` inserts or updates a record of CTE `pet` and returns its whole row. The pet's weight changes when another weight record is now the
 * newest, or when the newest one says another weight. A pet without weight records weighs what its owner last set on the pet itself. All parts of a statement
 * see the table as it was before, so `after` puts the written row in the place of the old one.
 */
const writeRecord = (write: SQL): SQL => sql`written AS (${write}), before AS (${newestWeight(sql`
        SELECT health_records.* FROM pet JOIN health_records ON health_records.pet_id = pet.id`)}
    ), after AS (${newestWeight(sql`
        SELECT health_records.* FROM pet JOIN health_records ON health_records.pet_id = pet.id
        WHERE health_records.id NOT IN (SELECT written.id FROM written)
        UNION ALL
        SELECT written.* FROM written`)}
    ), weighed AS (
      UPDATE pets
      SET weight_kg = coalesce((SELECT after.value_numeric FROM after), pets.stated_weight_kg)
      FROM written
      WHERE pets.id = written.pet_id AND (SELECT before FROM before) IS DISTINCT FROM (SELECT after FROM after)
    )
    SELECT written.id FROM written`

export interface RecordFilter {
  readonly type: string | null
  readonly after: { readonly record_date: string; readonly id: string } | null
  readonly limit: number
}

/** The newest day first. One more than `limit`, so that the caller knows whether another page follows. `records` is null for an unknown pet. */
export function listHealthRecords(
  db: Db,
  actor: Actor,
  petId: string,
  filter: RecordFilter,
): Promise<{ records: HealthRecord[] | null } | null> {
  const after = filter.after ?? { record_date: null, id: null }
  return firstRow(
    db,
    sql`
    WITH ${petOf(actor, petId)}, page AS (
      SELECT health_records.*
      FROM pet
      JOIN health_records ON health_records.pet_id = pet.id
      WHERE health_records.deleted_at IS NULL
        AND (${filter.type}::health_record_type IS NULL OR health_records.record_type = ${filter.type}::health_record_type)
        AND (
          ${after.record_date}::date IS NULL
          OR health_records.record_date < ${after.record_date}::date
          OR (health_records.record_date = ${after.record_date}::date AND health_records.id > ${after.id}::uuid)
        )
      ORDER BY health_records.record_date DESC, health_records.id
      LIMIT ${filter.limit + 1}
    )
    SELECT CASE WHEN EXISTS (SELECT 1 FROM pet) THEN (
      SELECT coalesce(json_agg(${recordJson} ORDER BY health_records.record_date DESC, health_records.id), '[]')
      FROM page health_records
    ) END AS records
    FROM viewer`,
  )
}

export interface InsertRecordAnswer {
  readonly has_pet: boolean
  /** The record with that id and of that pet, new or not, unless it has been deleted since. */
  readonly record: HealthRecord | null
  readonly request_hash: string | null
}

export function insertHealthRecord(
  db: Db,
  actor: Actor,
  petId: string,
  record: CreateHealthRecord & Creation,
  now: Date,
): Promise<InsertRecordAnswer | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    record: sql`
    WITH ${petOf(actor, petId)}, ${writeRecord(sql`
      INSERT INTO health_records (id, pet_id, record_type, record_date, value_numeric, title, memo, next_date, request_hash, created_at)
      SELECT ${record.id}, pet.id, ${record.record_type}, ${record.record_date}, ${record.value_numeric ?? null}, ${record.title ?? null},
             ${record.memo ?? null}, ${record.next_date ?? null}, ${record.request_hash}, ${now.toISOString()}
      FROM pet
      ON CONFLICT (id) DO NOTHING
      RETURNING health_records.*`)}`,
    answer: sql`
    WITH ${petOf(actor, petId)}
    SELECT pet.id IS NOT NULL AS has_pet,
           CASE WHEN health_records.id IS NOT NULL THEN ${recordJson} END AS record,
           health_records.request_hash
    FROM viewer
    LEFT JOIN pet ON true
    LEFT JOIN health_records ON health_records.id = ${record.id} AND health_records.pet_id = pet.id AND health_records.deleted_at IS NULL`,
  })
}

/** Throws if the record would no longer be valid for its type. */
export function updateHealthRecord(
  db: Db,
  actor: Actor,
  of: { petId: string; recordId: string },
  change: EditHealthRecord,
): Promise<{ record: HealthRecord | null } | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    record: sql`
    WITH ${petOf(actor, of.petId)}, edited AS (
      SELECT (jsonb_populate_record(health_records, ${JSON.stringify(change)})).*
      FROM pet
      JOIN health_records ON health_records.pet_id = pet.id
      WHERE health_records.id = ${of.recordId} AND health_records.deleted_at IS NULL
    ), ${writeRecord(sql`
      UPDATE health_records
      SET record_date = edited.record_date,
          value_numeric = edited.value_numeric,
          title = edited.title,
          memo = edited.memo,
          next_date = edited.next_date
      FROM edited
      WHERE health_records.id = edited.id
      RETURNING health_records.*`)}`,
    answer: sql`
    WITH ${petOf(actor, of.petId)}
    SELECT (
      SELECT ${recordJson}
      FROM pet
      JOIN health_records ON health_records.pet_id = pet.id
      WHERE health_records.id = ${of.recordId} AND health_records.deleted_at IS NULL
    ) AS record
    FROM viewer`,
  })
}

/** `is_known` also of a record deleted before. */
export function markHealthRecordDeleted(
  db: Db,
  actor: Actor,
  of: { petId: string; recordId: string },
  now: Date,
): Promise<{ is_known: boolean } | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    record: sql`
    WITH ${petOf(actor, of.petId)}, ${writeRecord(sql`
      UPDATE health_records
      SET deleted_at = ${now.toISOString()}
      FROM pet
      WHERE health_records.id = ${of.recordId} AND health_records.pet_id = pet.id AND health_records.deleted_at IS NULL
      RETURNING health_records.*`)}`,
    answer: sql`
    WITH ${petOf(actor, of.petId)}
    SELECT EXISTS (
      SELECT 1
      FROM pet
      JOIN health_records ON health_records.pet_id = pet.id
      WHERE health_records.id = ${of.recordId}
    ) AS is_known
    FROM viewer`,
  })
}

export interface HealthReportAnswer {
  readonly is_premium: boolean
  readonly report: (Omit<HealthReport, 'weight_change_kg' | 'month'> & { weight_before_kg: number | null }) | null
}

/** `month`: `YYYY-MM`. */
export function findHealthReport(db: Db, actor: Actor, petId: string, month: string, now: Date): Promise<HealthReportAnswer | null> {
  const listed = (condition: SQL, order: SQL) => sql`(
          SELECT coalesce(json_agg(${recordJson} ORDER BY ${order}), '[]')
          FROM health_records, month
          WHERE health_records.pet_id = pet.id AND health_records.deleted_at IS NULL AND ${condition}
        )`
  const inMonth = sql`health_records.record_date >= month.first_day AND health_records.record_date < month.end_day`
  const byDay = sql`health_records.record_date, health_records.created_at, health_records.id`
  return firstRow(
    db,
    sql`
    WITH ${petOf(actor, petId)}, month AS (
      SELECT ${`${month}-01`}::date AS first_day, (${`${month}-01`}::date + interval '1 month')::date AS end_day
    )
    SELECT ${isPremium(sql`viewer.id`, now)} AS is_premium,
      (
        SELECT json_build_object(
          'weights', ${listed(sql`health_records.record_type = 'weight' AND ${inMonth}`, byDay)},
          'weight_before_kg', (
            SELECT health_records.value_numeric
            FROM health_records, month
            WHERE health_records.pet_id = pet.id
              AND health_records.record_type = 'weight'
              AND health_records.deleted_at IS NULL
              AND health_records.record_date < month.first_day
            ORDER BY health_records.record_date DESC, health_records.created_at DESC
            LIMIT 1
          ),
          'vaccinations', ${listed(sql`health_records.record_type = 'vaccination' AND ${inMonth}`, byDay)},
          'vaccinations_due', ${listed(
            sql`health_records.record_type = 'vaccination' AND health_records.next_date >= month.first_day AND health_records.next_date < month.end_day`,
            sql`health_records.next_date, health_records.id`,
          )},
          'hospital_visits', ${listed(sql`health_records.record_type = 'hospital_visit' AND ${inMonth}`, byDay)},
          'walks', (
            SELECT json_build_object(
              'walk_count', coalesce(sum(pet_days.walk_count + pet_days.imported_walk_count), 0),
              'walked_days', count(*) FILTER (WHERE pet_days.walk_count + pet_days.imported_walk_count > 0),
              'distance_m', coalesce(sum(pet_days.distance_m + pet_days.imported_distance_m), 0),
              'duration_sec', coalesce(sum(pet_days.duration_sec + pet_days.imported_duration_sec), 0),
              'calories', coalesce(sum(pet_days.calories + pet_days.imported_calories), 0)
            )
            FROM pet_days, month
            WHERE pet_days.pet_id = pet.id AND pet_days.day >= month.first_day AND pet_days.day < month.end_day
          )
        )
        FROM pet
      ) AS report
    FROM viewer`,
  )
}
