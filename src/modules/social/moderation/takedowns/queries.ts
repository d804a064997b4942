import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../../core/actor.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../../../db/client.ts'
import { lockViewer, viewer } from '../../../../db/viewer.ts'
import type { ContentRow } from '../schema.ts'
import { roomsOfMeetup } from '../../../rooms/recheck/sql.ts'
import { personJson, tellAuthor } from '../sql.ts'
import type { Pointed } from './rules.ts'
import type { CreateTakedown, DecideTakedown, ListTakedownsQuery, Objection, Takedown } from './schema.ts'

// public: whoever something injures need not have an account.
/** Takes a demand, and answers its case number. What an address shows is looked up, and nobody is told whether it is there. */
export async function insertTakedown(
  db: Db,
  { claimant_name, contact, url, target_type, target_id, ground, statement }: CreateTakedown,
  { id, request_hash, pointed }: { id: string; request_hash: string; pointed: Pointed },
  now: Date,
): Promise<string> {
  const row = await firstRow<{ case_number: string }>(
    db,
    sql`
    SELECT receive_takedown(
             ${id}::uuid, ${request_hash}, ${claimant_name}, ${contact}, ${url ?? null}, meant.target_type, meant.target_id, ${ground}::takedown_ground,
             ${statement}, ${now.toISOString()}
           ) AS case_number
    FROM (
      SELECT 0 AS n, ${target_type ?? null}::moderation_target AS target_type, ${target_id ?? null}::uuid AS target_id
      UNION ALL
      SELECT 1, 'photo', (SELECT photos.id FROM photos WHERE photos.object_key = ${pointed.object_key} AND photos.walk_id IS NOT NULL)
      UNION ALL
      SELECT 2, 'walk', coalesce(${pointed.walk_id}::uuid, (SELECT share_links.walk_id FROM share_links WHERE share_links.token = ${pointed.token}))
      UNION ALL
      SELECT 3, 'meetup', ${pointed.meetup_id}::uuid
      UNION ALL
      SELECT 4, 'course', ${pointed.course_id}::uuid
      UNION ALL
      SELECT 5, NULL, NULL
    ) AS meant
    WHERE meant.target_id IS NOT NULL OR meant.n = 5
    ORDER BY meant.n
    LIMIT 1`,
  )
  if (!row) throw new Error('a takedown got no number')
  return row.case_number
}

export interface ObjectionAnswer {
  readonly objection: Objection | null
  /** Null when there is no such case about something of the viewer's. */
  readonly is_closed: boolean | null
}

/** The author objects, once. The first objection stands. */
export function insertObjection(db: Db, actor: Actor, caseNumber: string, text: string, now: Date): Promise<ObjectionAnswer | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    made: sql`
    WITH ${viewer(actor)}
    UPDATE takedowns
    SET objection = ${text}, objected_at = ${now.toISOString()}
    FROM viewer
    WHERE takedowns.case_number = ${caseNumber} AND takedowns.author_id = viewer.id AND takedowns.state = 'closed' AND takedowns.objected_at IS NULL`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN takedowns.objected_at IS NOT NULL THEN json_build_object(
             'case_number', takedowns.case_number, 'text', takedowns.objection, 'created_at', takedowns.objected_at
           ) END AS objection,
           takedowns.state = 'closed' AS is_closed
    FROM viewer
    LEFT JOIN takedowns ON takedowns.case_number = ${caseNumber} AND takedowns.author_id = viewer.id`,
  })
}

export interface TakedownRow extends Omit<Takedown, 'content'> {
  readonly content: ContentRow | null
}

/** A row of `takedowns`, as `TakedownRow`. */
const takedownJson = (now: Date): SQL => sql`jsonb_build_object(
      'id', takedowns.id, 'case_number', takedowns.case_number, 'claimant_name', takedowns.claimant_name, 'contact', takedowns.contact,
      'url', takedowns.url, 'target_type', takedowns.target_type, 'target_id', takedowns.target_id, 'ground', takedowns.ground,
      'statement', takedowns.statement, 'state', takedowns.state, 'created_at', takedowns.created_at, 'closed_until', takedowns.closed_until,
      'is_overdue', takedowns.state = 'received' AND takedowns.created_at < ${now.toISOString()}::timestamptz - interval '24 hours',
      'objection', CASE WHEN takedowns.objection IS NOT NULL THEN jsonb_build_object('text', takedowns.objection, 'created_at', takedowns.objected_at) END,
      'is_kept', takedowns.is_kept, 'note', takedowns.note, 'decided_at', takedowns.decided_at,
      'author', ${personJson(sql`target_author(takedowns.target_type, takedowns.target_id)`)},
      'content', target_content(takedowns.target_type, takedowns.target_id)
    )`

export interface TakedownPage {
  readonly state: ListTakedownsQuery['state']
  readonly after: { readonly created_at: string; readonly id: string } | null
  readonly limit: number
}

// blocked too: an admin sees everybody.
/** Demands that wait or are closed, the oldest first, or the others, the latest first. One more than `limit`, and none for somebody who is not an admin. */
export function listTakedowns(
  db: Db,
  actor: Actor,
  { state, after, limit }: TakedownPage,
  now: Date,
): Promise<{ is_admin: boolean; takedowns: TakedownRow[] } | null> {
  const isOpen = state === 'open'
  const direction = isOpen ? sql`ASC` : sql`DESC`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, page AS MATERIALIZED (
      SELECT ${takedownJson(now)} AS takedown, row_number() OVER (ORDER BY takedowns.created_at ${direction}, takedowns.id ${direction}) AS n
      FROM viewer
      JOIN takedowns ON (takedowns.state IN ('received', 'closed')) = ${isOpen}
      WHERE viewer.role = 'admin'
        AND (
          ${after === null}
          OR (takedowns.created_at, takedowns.id) ${isOpen ? sql`>` : sql`<`} (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
        )
      ORDER BY takedowns.created_at ${direction}, takedowns.id ${direction}
      LIMIT ${limit + 1}
    )
    SELECT viewer.role = 'admin' AS is_admin, (SELECT coalesce(json_agg(page.takedown ORDER BY page.n), '[]') FROM page) AS takedowns
    FROM viewer`,
  )
}

/** What `decide_takedown` answers. */
export interface Decision {
  readonly verdict: 'decided' | 'repeated' | 'already' | 'same_admin' | 'impossible' | 'missing'
  readonly decided?: { readonly state: string; readonly created_at: string }
}

// blocked too: an admin sees everybody.
/** Decides about a demand, and tells the author what happens to their thing. Does nothing for somebody who is not an admin. `rooms` are live rooms of a meetup. */
export async function decideTakedown(
  db: Db,
  actor: Actor,
  takedownId: string,
  { decision: how, target_type, target_id, note }: DecideTakedown,
  actionId: string,
  now: Date,
): Promise<{
  is_admin: boolean
  takedown: TakedownRow | null
  decision: Decision | null
  told: string[]
  outbox_ids: string[]
  rooms: string[]
} | null> {
  const at = now.toISOString()
  const { decision, told, answer } = await runBatch(db, {
    decision: sql<{ decision: Decision }>`
    WITH ${viewer(actor)}
    SELECT decide_takedown(
             viewer.id, ${takedownId}::uuid, ${how}, ${target_type ?? null}::moderation_target, ${target_id ?? null}::uuid, ${note}, ${actionId}::uuid, ${at}
           ) AS decision
    FROM viewer
    WHERE viewer.role = 'admin'`,
    told: tellAuthor(sql`done.id = ${actionId}::uuid`, sql`${at}::timestamptz`),
    answer: sql<{ is_admin: boolean; takedown: TakedownRow | null; outbox_ids: string[]; rooms: string[] }>`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin,
           (SELECT ${takedownJson(now)} FROM takedowns WHERE viewer.role = 'admin' AND takedowns.id = ${takedownId}) AS takedown,
           (
             SELECT coalesce(json_agg(outbox.id), '[]')
             FROM outbox
             WHERE outbox.type = 'moderation.keep_evidence' AND outbox.done_at IS NULL AND outbox.created_at = now()
           ) AS outbox_ids,
           ${roomsOfMeetup(sql`(SELECT takedowns.target_id FROM takedowns WHERE viewer.role = 'admin' AND takedowns.id = ${takedownId})`, now)} AS rooms
    FROM viewer`,
  })
  return answer[0] ? { ...answer[0], decision: decision[0]?.decision ?? null, told: told.map(({ id }) => id) } : null
}
