import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../../core/actor.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../../../db/client.ts'
import { lockViewer, viewer } from '../../../../db/viewer.ts'
import { notify } from '../../../notifications/sql.ts'
import { liveRooms } from '../../../rooms/recheck/sql.ts'
import type { ContentRow } from '../schema.ts'
import { actionJson, personJson, snapshotJson } from '../sql.ts'
import type { Appeal, AppealCase, CreateAppeal, DecideAppeal, ListAppealsQuery, MyAction } from './schema.ts'

/** A row of `appeals`, as `Appeal`. */
const appealJson = sql`jsonb_build_object(
      'id', appeals.id, 'action_id', appeals.action_id, 'text', appeals.text, 'created_at', appeals.created_at, 'decision', appeals.decision,
      'decided_at', appeals.decided_at
    )`

/** What can be appealed. A takedown is objected to, and the others do the author no harm. */
const isHarmful = sql`done.action IN ('remove', 'warn', 'suspend', 'ban')`
const isUndone = sql`EXISTS (SELECT 1 FROM moderation_actions later WHERE later.undoes = done.id)`

export interface AppealAnswer {
  readonly appeal: Appeal | null
  /** Null when there is no such action about the viewer. */
  readonly appealable_until: string | null
}

/** Appeals once against an action about the viewer. The first appeal stands. */
export function insertAppeal(
  db: Db,
  actor: Actor,
  { action_id, text }: CreateAppeal,
  windowMs: number,
  now: Date,
): Promise<AppealAnswer | null> {
  const since = new Date(now.getTime() - windowMs).toISOString()
  return answerOf(db, {
    lock: lockViewer(actor),
    made: sql`
    WITH ${viewer(actor)}
    INSERT INTO appeals (action_id, user_id, text, created_at)
    SELECT done.id, viewer.id, ${text}, ${now.toISOString()}
    FROM viewer
    JOIN moderation_actions done ON done.author_id = viewer.id
    WHERE done.id = ${action_id} AND ${isHarmful} AND NOT ${isUndone} AND done.created_at > ${since}
    ON CONFLICT (action_id) DO NOTHING`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT (SELECT ${appealJson} FROM appeals WHERE appeals.action_id = done.id) AS appeal,
           to_json(done.created_at + make_interval(secs => ${windowMs / 1_000}::int)) AS appealable_until
    FROM viewer
    LEFT JOIN moderation_actions done ON done.id = ${action_id} AND done.author_id = viewer.id AND ${isHarmful}`,
  })
}

export interface MyActionPage {
  readonly after: { readonly created_at: string; readonly id: string } | null
  readonly limit: number
}

/** What was done about the viewer, newest first, one more than `limit`. They are never told who did it. */
export function listMyActions(
  db: Db,
  actor: Actor,
  { after, limit }: MyActionPage,
  windowMs: number,
  now: Date,
): Promise<{ actions: MyAction[] } | null> {
  const until = sql`done.created_at + make_interval(secs => ${windowMs / 1_000}::int)`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(jsonb_build_object(
        'id', done.id, 'action', done.action, 'days', done.days, 'reason', done.reason, 'target_type', done.target_type, 'target_id', done.target_id,
        'created_at', done.created_at, 'is_undone', ${isUndone},
        'appeal', (SELECT ${appealJson} FROM appeals WHERE appeals.action_id = done.id),
        'appealable_until', CASE
          WHEN ${isHarmful} AND NOT ${isUndone} AND ${until} > ${now.toISOString()} AND NOT EXISTS (SELECT 1 FROM appeals WHERE appeals.action_id = done.id)
          THEN ${until}
        END,
        'case_number', (SELECT takedowns.case_number FROM takedowns WHERE takedowns.action_id = done.id)
      ) ORDER BY done.created_at DESC, done.id DESC), '[]')
      FROM (
        SELECT *
        FROM moderation_actions
        WHERE author_id = viewer.id
          -- A dismissal that nobody noticed would tell of the report.
          AND (action <> 'dismiss' OR before ->> 'hidden_at' IS NOT NULL)
          AND (${after === null} OR (created_at, id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
        ORDER BY created_at DESC, id DESC
        LIMIT ${limit + 1}
      ) AS done
    ) AS actions
    FROM viewer`,
  )
}

export interface AppealCaseRow extends Omit<AppealCase, 'snapshot'> {
  readonly snapshot: ContentRow | null
}

/** A row of `appeals` with its action `done`, as `AppealCaseRow`. `viewer` must be in scope. */
const appealCaseJson = sql`${appealJson} || jsonb_build_object(
      'author', ${personJson(sql`appeals.user_id`)},
      'action', ${actionJson},
      'snapshot', (
        SELECT ${snapshotJson} FROM moderation_cases state WHERE (state.target_type, state.target_id) = (done.target_type, done.target_id)
      ),
      'may_decide', appeals.decided_at IS NULL AND viewer.id IS DISTINCT FROM done.admin_id AND viewer.id <> appeals.user_id,
      'note', appeals.note
    )`

export interface AppealPage {
  readonly state: ListAppealsQuery['state']
  readonly after: { readonly at: string; readonly id: string } | null
  readonly limit: number
}

// blocked too: an admin sees everybody.
/** Open appeals, the oldest first, or decided ones, the latest first. One more than `limit`, and none for somebody who is not an admin. */
export function listAppeals(
  db: Db,
  actor: Actor,
  { state, after, limit }: AppealPage,
): Promise<{ is_admin: boolean; appeals: AppealCaseRow[] } | null> {
  const isOpen = state === 'open'
  const at = isOpen ? sql`appeals.created_at` : sql`appeals.decided_at`
  const order = isOpen ? sql`${at}, appeals.id` : sql`${at} DESC, appeals.id DESC`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, page AS MATERIALIZED (
      SELECT ${appealCaseJson} AS appeal, row_number() OVER (ORDER BY ${order}) AS n
      FROM viewer
      JOIN appeals ON (appeals.decided_at IS NULL) = ${isOpen}
      JOIN moderation_actions done ON done.id = appeals.action_id
      WHERE viewer.role = 'admin'
        AND (${after === null} OR (${at}, appeals.id) ${isOpen ? sql`>` : sql`<`} (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
      ORDER BY ${order}
      LIMIT ${limit + 1}
    )
    SELECT viewer.role = 'admin' AS is_admin, (SELECT coalesce(json_agg(page.appeal ORDER BY page.n), '[]') FROM page) AS appeals
    FROM viewer`,
  )
}

/** What `decide_appeal` answers. */
export interface Decision {
  readonly verdict: 'decided' | 'repeated' | 'already' | 'same_admin' | 'missing'
  readonly decided?: { readonly decision: string; readonly created_at: string }
}

// blocked too: an admin sees everybody.
/** Decides an appeal and tells whoever made it. Does nothing for somebody who is not an admin. */
export async function decideAppeal(
  db: Db,
  actor: Actor,
  appealId: string,
  { decision: how, note }: DecideAppeal,
  restoreId: string,
  now: Date,
): Promise<{ is_admin: boolean; appeal: AppealCaseRow | null; decision: Decision | null; told: string[]; rooms: string[] } | null> {
  const at = now.toISOString()
  const decidedNow: SQL = sql`appeals.id = ${appealId} AND appeals.decided_by = ${actor.user_id} AND appeals.decided_at = ${at}`
  const { decision, told, rooms, answer } = await runBatch(db, {
    decision: sql<{ decision: Decision }>`
    WITH ${viewer(actor)}
    SELECT decide_appeal(viewer.id, ${appealId}::uuid, ${how}::appeal_decision, ${note}, ${restoreId}::uuid, ${at}) AS decision
    FROM viewer
    WHERE viewer.role = 'admin'`,
    told: notify(
      'moderation',
      sql`
      SELECT appeals.user_id, 'appeal ' || appeals.id AS topic, NULL::uuid AS sender_id,
             jsonb_build_object(
               'action_id', done.id, 'action', CASE appeals.decision WHEN 'uphold' THEN 'appeal_upheld' ELSE 'appeal_rejected' END,
               'days', done.days, 'reason', done.reason, 'target_type', done.target_type
             ) AS facts
      FROM appeals
      JOIN moderation_actions done ON done.id = appeals.action_id
      WHERE ${decidedNow}`,
      sql`${at}::timestamptz`,
    ),
    rooms: sql<{ rooms: string[] }>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN appeals.decision = 'uphold' THEN ${liveRooms(sql`appeals.user_id`, now)} ELSE '[]' END AS rooms
    FROM viewer
    JOIN appeals ON ${decidedNow}`,
    answer: sql<{ is_admin: boolean; appeal: AppealCaseRow | null }>`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin,
           (
             SELECT ${appealCaseJson}
             FROM appeals
             JOIN moderation_actions done ON done.id = appeals.action_id
             WHERE viewer.role = 'admin' AND appeals.id = ${appealId}
           ) AS appeal
    FROM viewer`,
  })
  return answer[0]
    ? { ...answer[0], decision: decision[0]?.decision ?? null, told: told.map(({ id }) => id), rooms: rooms[0]?.rooms ?? [] }
    : null
}
