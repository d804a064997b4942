import { sql } from 'drizzle-orm'
import { type Db, runBatch } from '../../../db/client.ts'
import { toldOfMeetups } from '../../notifications/sql.ts'
import type { Growth, Series } from './plan.ts'

/** Asks up to `limit` hosts whether their series go on. `told` are notifications to be announced. */
export async function askRenewals(db: Db, at: Date, limit: number): Promise<{ asked: number; told: string[] }> {
  const { asked, told } = await runBatch(db, {
    asked: sql<{ asked: number }>`SELECT ask_renewals(${at.toISOString()}, ${limit}) AS asked`,
    told: toldOfMeetups(at),
  })
  return { asked: asked[0]?.asked ?? 0, told: told.map(({ id }) => id) }
}

// public: a task asks.
/** Series whose dates do not stand until `horizon` yet. Those of a suspended host wait. */
export async function listGrowing(db: Db, horizon: string, at: Date, limit: number): Promise<Series[]> {
  const { rows } = await db.execute<{ series: Series }>(sql`
    SELECT series_json(meetups) AS series
    FROM meetups
    JOIN users host ON host.id = meetups.host_id
    WHERE meetups.recurrence_rule IS NOT NULL
      AND meetups.cancelled_at IS NULL
      AND meetups.asked_at IS NULL
      AND meetups.made_until < ${horizon}::date
      AND host.deleted_at IS NULL
      AND host.banned_at IS NULL
      AND (host.suspended_until IS NULL OR host.suspended_until <= ${at.toISOString()})
    ORDER BY meetups.made_until, meetups.id
    LIMIT ${limit}`)
  return rows.map(({ series }) => series)
}

/** Makes further dates. Answers how many. */
export async function growSeries(db: Db, growths: readonly Growth[], at: Date): Promise<number> {
  const { rows } = await db.execute<{ made: number }>(sql`
    SELECT coalesce(sum(grow_meetup(
             (growth.seen ->> 'id')::uuid, growth.seen, ARRAY(SELECT jsonb_array_elements_text(growth.slots)::timestamptz), growth.until, ${at.toISOString()}
           )), 0)::int AS made
    FROM (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(growths)}::jsonb) AS growth (seen jsonb, slots jsonb, until date) ORDER BY growth.seen ->> 'id'
    ) AS growth`)
  return rows[0]?.made ?? 0
}

/** Deletes up to `limit` dates that began before then, and the meetups of which none is left. */
export async function deleteMeetupsBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { gone } = await runBatch(db, {
    gone: sql<{ meetup_id: string }>`
    DELETE FROM meetup_occurrences
    WHERE id IN (SELECT id FROM meetup_occurrences WHERE starts_at < ${before.toISOString()} ORDER BY starts_at LIMIT ${limit})
    RETURNING meetup_id`,
    empty: sql`
    DELETE FROM meetups
    WHERE meetups.created_at < ${before.toISOString()}
      AND (meetups.recurrence_rule IS NULL OR meetups.cancelled_at IS NOT NULL OR meetups.asked_at IS NOT NULL OR meetups.made_until = '9999-12-31')
      AND NOT EXISTS (SELECT 1 FROM meetup_occurrences WHERE meetup_occurrences.meetup_id = meetups.id)`,
  })
  return gone.length
}
