import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Days } from '../../../core/periods.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { isPremium } from '../../subscriptions/sql.ts'
import { petOf, recordJson } from './queries.ts'
import type { HealthReport } from './schema.ts'

export interface HealthReportAnswer {
  readonly is_premium: boolean
  readonly report:
    | (Pick<
        HealthReport,
        'weights' | 'weight_graph' | 'vaccinations' | 'vaccinations_due' | 'hospital_visits' | 'due' | 'last_hospital_visit' | 'walks'
      > & {
        readonly weight_before_kg: number | null
        readonly walks_before: HealthReport['walks']
      })
    | null
}

export interface ReportDays {
  readonly month: Days
  /** What the walks are compared with. */
  readonly before: Days
  readonly today: string
}

/** The last weight among the records of a pet from a day on and before another, as a scalar. The records of a day are in the order in which they were written. */
const lastWeight = (condition: SQL): SQL => sql`(
            SELECT health_records.value_numeric
            FROM health_records
            WHERE health_records.pet_id = pet.id
              AND health_records.record_type = 'weight'
              AND health_records.deleted_at IS NULL
              AND ${condition}
            ORDER BY health_records.record_date DESC, health_records.created_at DESC, health_records.id DESC
            LIMIT 1
          )`

export function findHealthReport(
  db: Db,
  actor: Actor,
  petId: string,
  { month, before, today }: ReportDays,
  now: Date,
): Promise<HealthReportAnswer | null> {
  const listed = (condition: SQL, order: SQL) => sql`(
          SELECT coalesce(json_agg(${recordJson} ORDER BY ${order}), '[]')
          FROM health_records
          WHERE health_records.pet_id = pet.id AND health_records.deleted_at IS NULL AND ${condition}
        )`
  const inMonth = sql`health_records.record_date >= ${month.from}::date AND health_records.record_date <= ${month.to}::date`
  const byDay = sql`health_records.record_date, health_records.created_at, health_records.id`
  const walked = (days: Days) => sql`(
          SELECT json_build_object(
            'walk_count', coalesce(sum(pet_days.walk_count + pet_days.imported_walk_count), 0),
            'walked_days', count(*) FILTER (WHERE pet_days.walk_count + pet_days.imported_walk_count > 0),
            'distance_m', coalesce(sum(pet_days.distance_m + pet_days.imported_distance_m), 0),
            'duration_sec', coalesce(sum(pet_days.duration_sec + pet_days.imported_duration_sec), 0),
            'calories', coalesce(sum(pet_days.calories + pet_days.imported_calories), 0)
          )
          FROM pet_days
          WHERE pet_days.pet_id = pet.id AND pet_days.day >= ${days.from}::date AND pet_days.day <= ${days.to}::date
        )`
  return firstRow(
    db,
    sql`
    WITH ${petOf(actor, petId)}
    SELECT ${isPremium(sql`viewer.id`, now)} AS is_premium,
      (
        SELECT json_build_object(
          'weights', ${listed(sql`health_records.record_type = 'weight' AND ${inMonth}`, byDay)},
          'weight_before_kg', ${lastWeight(sql`health_records.record_date < ${month.from}::date`)},
          'weight_graph', (
            SELECT json_agg(json_build_object('month', to_char(graph.first_day, 'YYYY-MM'), 'weight_kg', ${lastWeight(
              sql`health_records.record_date >= graph.first_day AND health_records.record_date < graph.first_day + interval '1 month'`,
            )}) ORDER BY graph.first_day)
            FROM (SELECT (${month.from}::date - n * interval '1 month')::date AS first_day FROM generate_series(0, 5) AS n) AS graph
          ),
          'vaccinations', ${listed(sql`health_records.record_type = 'vaccination' AND ${inMonth}`, byDay)},
          'vaccinations_due', ${listed(
            sql`health_records.record_type = 'vaccination' AND health_records.next_date >= ${month.from}::date AND health_records.next_date <= ${month.to}::date`,
            sql`health_records.next_date, health_records.id`,
          )},
          'hospital_visits', ${listed(sql`health_records.record_type = 'hospital_visit' AND ${inMonth}`, byDay)},
          'due', (
            SELECT coalesce(json_agg(json_build_object('record', ${recordJson}, 'is_overdue', health_records.next_date < ${today}::date)
                                     ORDER BY health_records.next_date, health_records.id), '[]')
            FROM (
              SELECT DISTINCT ON (record.record_type, record.title) record.*
              FROM health_records record
              WHERE record.pet_id = pet.id AND record.deleted_at IS NULL
              ORDER BY record.record_type, record.title, record.record_date DESC, record.created_at DESC, record.id DESC
            ) AS health_records
            WHERE health_records.next_date <= ${month.to}::date
          ),
          'last_hospital_visit', (
            SELECT ${recordJson}
            FROM health_records
            WHERE health_records.pet_id = pet.id
              AND health_records.record_type = 'hospital_visit'
              AND health_records.deleted_at IS NULL
              AND health_records.record_date <= ${month.to}::date
            ORDER BY health_records.record_date DESC, health_records.created_at DESC, health_records.id DESC
            LIMIT 1
          ),
          'walks', ${walked(month)},
          'walks_before', ${walked(before)}
        )
        FROM pet
      ) AS report
    FROM viewer`,
  )
}
