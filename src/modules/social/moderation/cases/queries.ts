import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../../core/actor.ts'
import { type Db, firstRow, runBatch } from '../../../../db/client.ts'
import { viewer } from '../../../../db/viewer.ts'
import { toldOfMeetups } from '../../../notifications/sql.ts'
import { liveRooms, roomsOfMeetup } from '../../../rooms/recheck/sql.ts'
import type { Content, ContentRow } from '../schema.ts'
import { actionJson, personJson, snapshotJson, tellAuthor } from '../sql.ts'
import type { Case, CaseDetail, CaseParam, DecideCase, ListCasesQuery, Overdue } from './schema.ts'

type WithRows<T> = { readonly [K in keyof T]: T[K] extends Content | null ? ContentRow | null : T[K] }
export type CaseRow = WithRows<Case>
export type CaseDetailRow = WithRows<CaseDetail>

const HISTORY_MAX = 50
const REPORTS_MAX = 100

/** A row of `moderation_cases` called `state`, as `CaseRow`. */
const caseJson = (now: Date): SQL => sql`jsonb_build_object(
      'target_type', state.target_type, 'target_id', state.target_id,
      'author', ${personJson(sql`state.author_id`)},
      'snapshot', ${snapshotJson},
      'report_count', (SELECT count(*) FROM reports WHERE (reports.target_type, reports.target_id) = (state.target_type, state.target_id)),
      'reasons', (
        SELECT coalesce(jsonb_object_agg(said.reason, said.times), '{}')
        FROM (
          SELECT reason, count(*) AS times FROM reports WHERE (reports.target_type, reports.target_id) = (state.target_type, state.target_id) GROUP BY reason
        ) AS said
      ),
      'is_urgent', state.is_urgent, 'is_hidden', state.hidden_at IS NOT NULL, 'is_removed', state.removed_at IS NOT NULL,
      'closed_until', state.closed_until, 'opened_at', state.opened_at, 'due_at', state.due_at,
      'is_overdue', coalesce(state.due_at < ${now.toISOString()}, false),
      'decided_at', state.decided_at, 'decision', state.decision
    )`

export interface CasePage {
  readonly state: ListCasesQuery['state']
  /** Whether it comes later (0 for what is urgent), when, and what it is. */
  readonly after: { readonly rank: number; readonly at: string; readonly target_type: string; readonly target_id: string } | null
  readonly limit: number
}

export interface CaseOfPage {
  readonly case: CaseRow
  readonly rank: number
  /** To the microsecond. */
  readonly at: string
}

// blocked too: an admin sees everybody.
/** Open cases, urgent ones first and then what is due first. Or decided ones, the latest first. One more than `limit`, and none for somebody who is not an admin. */
export function listCases(
  db: Db,
  actor: Actor,
  { state, after, limit }: CasePage,
  now: Date,
): Promise<{ is_admin: boolean; cases: CaseOfPage[] } | null> {
  const isOpen = state === 'open'
  const rank = isOpen ? sql`CASE WHEN state.is_urgent THEN 0 ELSE 1 END` : sql`0`
  const at = isOpen ? sql`state.due_at` : sql`state.decided_at`
  const key = sql`(${rank}, ${at}, state.target_type::text, state.target_id)`
  const last = sql`(${after?.rank ?? 0}::int, ${after?.at ?? null}::timestamptz, ${after?.target_type ?? null}::text, ${after?.target_id ?? null}::uuid)`
  const order = isOpen
    ? sql`${rank}, ${at}, state.target_type::text, state.target_id`
    : sql`${at} DESC, state.target_type::text DESC, state.target_id DESC`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, page AS MATERIALIZED (
      SELECT ${caseJson(now)} AS "case", ${rank} AS rank, ${at}::text AS at, row_number() OVER (ORDER BY ${order}) AS n
      FROM viewer
      JOIN moderation_cases state ON ${at} IS NOT NULL AND ${isOpen ? sql`true` : sql`state.due_at IS NULL`}
      WHERE viewer.role = 'admin' AND (${after === null} OR ${key} ${isOpen ? sql`>` : sql`<`} ${last})
      ORDER BY ${order}
      LIMIT ${limit + 1}
    )
    SELECT viewer.role = 'admin' AS is_admin,
           (SELECT coalesce(json_agg(json_build_object('case', page."case", 'rank', page.rank, 'at', page.at) ORDER BY page.n), '[]') FROM page) AS cases
    FROM viewer`,
  )
}

/** How many cases are overdue. Zero for somebody who is not an admin. */
export function countOverdue(db: Db, actor: Actor, now: Date): Promise<{ is_admin: boolean; overdue: Overdue } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin,
           (
             SELECT json_build_object('count', count(*), 'oldest_due_at', min(due_at))
             FROM moderation_cases
             WHERE due_at < ${now.toISOString()} AND viewer.role = 'admin'
           ) AS overdue
    FROM viewer`,
  )
}

export interface CaseAnswer {
  readonly is_admin: boolean
  readonly detail: CaseDetailRow | null
}

// blocked too: an admin sees everybody.
const selectCase = (actor: Actor, { target_type, target_id }: CaseParam, now: Date): SQL<CaseAnswer> => sql`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin,
           (
             SELECT ${caseJson(now)} || jsonb_build_object(
               'current', target_content(state.target_type, state.target_id),
               'reports', (
                 SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'reporter_id', said.reporter_id, 'reason', said.reason, 'description', said.description, 'created_at', said.created_at,
                   'outcome', said.outcome, 'is_reliable', is_reliable_reporter(said.reporter_id)
                 ) ORDER BY said.created_at DESC, said.id), '[]')
                 FROM (
                   SELECT * FROM reports
                   WHERE (reports.target_type, reports.target_id) = (state.target_type, state.target_id)
                   ORDER BY created_at DESC, id
                   LIMIT ${REPORTS_MAX}
                 ) AS said
               ),
               'held_alike', (SELECT count(*) FROM held_alike WHERE state.target_type = 'comment' AND with_id = state.target_id),
               'history', (
                 SELECT coalesce(jsonb_agg(${actionJson} ORDER BY done.created_at DESC, done.id DESC), '[]')
                 FROM (
                   SELECT * FROM moderation_actions WHERE author_id = state.author_id ORDER BY created_at DESC, id DESC LIMIT ${HISTORY_MAX}
                 ) AS done
               ),
               'suggested_days', suggested_days(state.author_id),
               'suspended_until', CASE WHEN author.suspended_until > ${now.toISOString()} THEN author.suspended_until END,
               'banned_at', author.banned_at
             )
             FROM moderation_cases state
             LEFT JOIN users author ON author.id = state.author_id
             WHERE viewer.role = 'admin' AND state.target_type = ${target_type}::moderation_target AND state.target_id = ${target_id}
           ) AS detail
    FROM viewer`

// blocked too: an admin sees everybody.
export function findCase(db: Db, actor: Actor, target: CaseParam, now: Date): Promise<CaseAnswer | null> {
  return firstRow(db, selectCase(actor, target, now))
}

/** What `decide_case` answers. */
export interface Decision {
  readonly verdict: 'decided' | 'repeated' | 'already' | 'same_admin' | 'impossible' | 'missing'
  readonly decided?: { readonly action: string; readonly created_at: string }
}

// blocked too: an admin sees everybody.
/** Decides a case and tells its author. Does nothing for somebody who is not an admin. `rooms` are live rooms of an author whose sessions have ended, or of a meetup. */
export async function decideCase(
  db: Db,
  actor: Actor,
  target: CaseParam,
  { action, days, note, legal_basis }: DecideCase,
  actionId: string,
  now: Date,
): Promise<(CaseAnswer & { decision: Decision | null; told: string[]; rooms: string[] }) | null> {
  const at = now.toISOString()
  const { decision, told, met, rooms, answer } = await runBatch(db, {
    decision: sql<{ decision: Decision }>`
    WITH ${viewer(actor)}
    SELECT decide_case(
             viewer.id, ${target.target_type}::moderation_target, ${target.target_id}::uuid, ${action}::moderation_action, ${days ?? null}::int, ${note},
             ${legal_basis ?? null}, ${actionId}::uuid, ${at}
           ) AS decision
    FROM viewer
    WHERE viewer.role = 'admin'`,
    told: tellAuthor(sql`done.id = ${actionId}::uuid`, sql`${at}::timestamptz`),
    met: toldOfMeetups(now),
    rooms: sql<{ rooms: string[] }>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN done.action IN ('ban', 'restore') THEN ${liveRooms(sql`done.author_id`, now)} ELSE ${roomsOfMeetup(sql`done.target_id`, now)} END AS rooms
    FROM viewer
    JOIN moderation_actions done ON done.id = ${actionId} AND done.admin_id = viewer.id`,
    answer: selectCase(actor, target, now),
  })
  return answer[0]
    ? { ...answer[0], decision: decision[0]?.decision ?? null, told: [...told, ...met].map(({ id }) => id), rooms: rooms[0]?.rooms ?? [] }
    : null
}
