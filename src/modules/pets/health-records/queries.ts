import { type SQL, sql } from 'drizzle-orm'
import type { User } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { type Db, firstRow, lastRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
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

/** CTE `pet`: the viewer's pet of that id, as long as they have it. */
const petOf = (actor: User, petId: string): SQL => sql`${viewer(actor)}, pet AS (
      SELECT pets.id
      FROM viewer
      JOIN pets ON pets.user_id = viewer.id
      WHERE pets.id = ${petId} AND pets.archived_at IS NULL
    )`

/** CTE `weighed`: a pet weighs what its newest weight record says; `record` is the CTE of the one just written. */
const weighPet = (record: SQL): SQL => sql`weighed AS (
      UPDATE pets
      SET weight_kg = ${record}.value_numeric
      FROM ${record}
      WHERE pets.id = ${record}.pet_id
        AND ${record}.record_type = 'weight'
        AND NOT EXISTS (
          SELECT 1
          FROM health_records newer
          WHERE newer.pet_id = ${record}.pet_id
            AND newer.record_type = 'weight'
            AND newer.record_date > ${record}.record_date
            AND newer.id <> ${record}.id
            AND newer.deleted_at IS NULL
        )
    )`

export interface RecordFilter {
  readonly type: string | null
  readonly after: { readonly record_date: string; readonly id: string } | null
  readonly limit: number
}

/** Newest day first; one more than `limit`, so that the caller knows whether another page follows. `null` records of an unknown pet. */
export function listHealthRecords(
  db: Db,
  actor: User,
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
  /** The record of that id and that pet, new or not, unless it has been deleted since. */
  readonly record: HealthRecord | null
  readonly request_hash: string | null
}

export function insertHealthRecord(
  db: Db,
  actor: User,
  petId: string,
  record: CreateHealthRecord & Creation,
  now: Date,
): Promise<InsertRecordAnswer | null> {
  return lastRow(db, [
    sql`
    WITH ${petOf(actor, petId)}, written AS (
      INSERT INTO health_records (id, pet_id, record_type, record_date, value_numeric, title, memo, next_date, request_hash, created_at)
      SELECT ${record.id}, pet.id, ${record.record_type}, ${record.record_date}, ${record.value_numeric ?? null}, ${record.title ?? null},
             ${record.memo ?? null}, ${record.next_date ?? null}, ${record.request_hash}, ${now.toISOString()}
      FROM pet
      ON CONFLICT (id) DO NOTHING
      RETURNING id, pet_id, record_type, record_date, value_numeric
    ), ${weighPet(sql`written`)}
    SELECT written.id FROM written`,
    sql`
    WITH ${petOf(actor, petId)}
    SELECT pet.id IS NOT NULL AS has_pet,
           CASE WHEN health_records.id IS NOT NULL THEN ${recordJson} END AS record,
           health_records.request_hash
    FROM viewer
    LEFT JOIN pet ON true
    LEFT JOIN health_records ON health_records.id = ${record.id} AND health_records.pet_id = pet.id AND health_records.deleted_at IS NULL`,
  ])
}

/** Throws where the record would no longer be a whole one of its kind. */
export function updateHealthRecord(
  db: Db,
  actor: User,
  of: { petId: string; recordId: string },
  change: EditHealthRecord,
): Promise<{ record: HealthRecord | null } | null> {
  return lastRow(db, [
    sql`
    WITH ${petOf(actor, of.petId)}, edited AS (
      SELECT (jsonb_populate_record(health_records, ${JSON.stringify(change)})).*
      FROM pet
      JOIN health_records ON health_records.pet_id = pet.id
      WHERE health_records.id = ${of.recordId} AND health_records.deleted_at IS NULL
      FOR UPDATE OF health_records
    ), written AS (
      UPDATE health_records
      SET record_date = edited.record_date,
          value_numeric = edited.value_numeric,
          title = edited.title,
          memo = edited.memo,
          next_date = edited.next_date
      FROM edited
      WHERE health_records.id = edited.id
      RETURNING health_records.id, health_records.pet_id, health_records.record_type, health_records.record_date, health_records.value_numeric
    ), ${weighPet(sql`written`)}
    SELECT written.id FROM written`,
    sql`
    WITH ${petOf(actor, of.petId)}
    SELECT (
      SELECT ${recordJson}
      FROM pet
      JOIN health_records ON health_records.pet_id = pet.id
      WHERE health_records.id = ${of.recordId} AND health_records.deleted_at IS NULL
    ) AS record
    FROM viewer`,
  ])
}

/** A pet that weighed what the record said weighs what the newest one left says. `is_known` also of a record deleted before. */
export function markHealthRecordDeleted(
  db: Db,
  actor: User,
  of: { petId: string; recordId: string },
  now: Date,
): Promise<{ is_known: boolean } | null> {
  return lastRow(db, [
    sql`
    WITH ${petOf(actor, of.petId)}, removed AS (
      UPDATE health_records
      SET deleted_at = ${now.toISOString()}
      FROM pet
      WHERE health_records.id = ${of.recordId} AND health_records.pet_id = pet.id AND health_records.deleted_at IS NULL
      RETURNING health_records.id, health_records.pet_id, health_records.record_type, health_records.value_numeric
    ), left_over AS (
      SELECT health_records.value_numeric
      FROM removed
      JOIN health_records ON health_records.pet_id = removed.pet_id
      WHERE health_records.record_type = 'weight' AND health_records.deleted_at IS NULL AND health_records.id <> removed.id
      ORDER BY health_records.record_date DESC, health_records.created_at DESC
      LIMIT 1
    )
    UPDATE pets
    SET weight_kg = left_over.value_numeric
    FROM removed, left_over
    WHERE pets.id = removed.pet_id AND removed.record_type = 'weight' AND pets.weight_kg = removed.value_numeric`,
    sql`
    WITH ${petOf(actor, of.petId)}
    SELECT EXISTS (
      SELECT 1
      FROM pet
      JOIN health_records ON health_records.pet_id = pet.id
      WHERE health_records.id = ${of.recordId}
    ) AS is_known
    FROM viewer`,
  ])
}

export interface HealthReportAnswer {
  readonly is_premium: boolean
  readonly report: (Omit<HealthReport, 'weight_change_kg' | 'month'> & { weight_before_kg: number | null }) | null
}

/** `month`: `YYYY-MM`. */
export function findHealthReport(db: Db, actor: User, petId: string, month: string, now: Date): Promise<HealthReportAnswer | null> {
  const listed = (condition: SQL, order: SQL) => sql`(
          SELECT coalesce(json_agg(${recordJson} ORDER BY ${order}), '[]')
          FROM health_records, month
          WHERE health_records.pet_id = pet.id AND health_records.deleted_at IS NULL AND ${condition}
        )`
  const inMonth = sql`health_records.record_date >= month.first_day AND health_records.record_date < month.end_day`
  const byDay = sql`health_records.record_date, health_records.id`
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
              'walk_count', coalesce(sum(pet_days.walk_count), 0),
              'walked_days', count(*) FILTER (WHERE pet_days.walk_count > 0),
              'distance_m', coalesce(sum(pet_days.distance_m), 0),
              'duration_sec', coalesce(sum(pet_days.duration_sec), 0),
              'calories', coalesce(sum(pet_days.calories), 0)
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
