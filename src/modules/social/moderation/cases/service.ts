import { signedIn, type Actor } from '../../../../core/actor.ts'
import { found } from '../../../../core/errors.ts'
import type { Deps } from '../../../../deps.ts'
import { announcePushes } from '../../../../jobs/outbox.ts'
import { adminRequired } from '../../../admin/errors.ts'
import { recheckRooms } from '../../../rooms/recheck/service.ts'
import { presentCurrent, presentSnapshot } from '../content.service.ts'
import { actionNotPossible, alreadyDecided, caseNotFound, sameAdmin } from '../errors.ts'
import { type CaseDetailRow, type CaseRow, countOverdue, decideCase, findCase, listCases } from './queries.ts'
import { type Case, type CaseDetail, casePages, type CaseParam, type DecideCase, type ListCasesQuery, type Overdue } from './schema.ts'

type MediaDeps = Pick<Deps, 'media'>

export async function getCases(
  deps: MediaDeps & Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  { state, sort, cursor, limit }: ListCasesQuery,
) {
  const list = casePages(deps.cursors, actor.user_id, state, sort)
  const key = await list.after(cursor)
  const after = key && { rank: key[0], at: key[1], target_type: key[2], target_id: key[3] }
  const { is_admin, cases } = signedIn(await listCases(deps.db, actor, { state, after, limit }, deps.now()))
  if (!is_admin) throw adminRequired()
  const { items, next_cursor } = await list.page(cases, limit, ({ rank, at, case: it }) => [rank, at, it.target_type, it.target_id])
  return { items: await Promise.all(items.map((it) => presentCase(deps, it.case))), next_cursor }
}

async function presentCase(deps: MediaDeps, row: CaseRow): Promise<Case> {
  return { ...row, snapshot: await presentSnapshot(deps, row, row.snapshot) }
}

async function presentDetail(deps: MediaDeps, row: CaseDetailRow): Promise<CaseDetail> {
  return { ...row, snapshot: await presentSnapshot(deps, row, row.snapshot), current: await presentCurrent(deps, row.current) }
}

/** What an alarm asks. */
export async function getOverdue({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<Overdue> {
  const { is_admin, overdue } = signedIn(await countOverdue(db, actor, now()))
  if (!is_admin) throw adminRequired()
  return overdue
}

export async function getCase(deps: MediaDeps & Pick<Deps, 'db' | 'now'>, actor: Actor, target: CaseParam): Promise<CaseDetail> {
  const { is_admin, detail } = signedIn(await findCase(deps.db, actor, target, deps.now()))
  if (!is_admin) throw adminRequired()
  return presentDetail(deps, found(detail, caseNotFound))
}

/** The same decision of the same admin again answers the same. Any other decision about a decided case is refused, and says what was decided. */
export async function decide(
  deps: MediaDeps & Pick<Deps, 'db' | 'now' | 'pushes' | 'rooms' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  target: CaseParam,
  input: DecideCase,
): Promise<CaseDetail> {
  const answer = signedIn(await decideCase(deps.db, actor, target, input, crypto.randomUUID(), deps.now()))
  if (!answer.is_admin) throw adminRequired()
  const { decision, detail, told, rooms } = answer
  deps.waitUntil(announcePushes(deps, told))
  await recheckRooms(deps, rooms)
  if (decision?.verdict === 'same_admin') throw sameAdmin()
  if (decision?.verdict === 'impossible') throw actionNotPossible()
  if (decision?.verdict === 'already') throw alreadyDecided({ extensions: { decided: decision.decided } })
  return presentDetail(deps, found(detail, caseNotFound))
}
