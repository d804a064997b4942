import { signedIn, type Actor } from '../../../../core/actor.ts'
import { found } from '../../../../core/errors.ts'
import { DAY_MS } from '../../../../core/time.ts'
import type { Deps } from '../../../../deps.ts'
import { announcePushes } from '../../../../jobs/outbox.ts'
import { adminRequired } from '../../../admin/errors.ts'
import { recheckRooms } from '../../../rooms/recheck/service.ts'
import { presentSnapshot } from '../content.service.ts'
import { actionNotFound, alreadyDecided, appealNotFound, appealTooLate, sameAdmin } from '../errors.ts'
import { type AppealCaseRow, decideAppeal, insertAppeal, listAppeals, listMyActions } from './queries.ts'
import {
  type Appeal,
  type AppealCase,
  appealPages,
  type CreateAppeal,
  type DecideAppeal,
  type ListAppealsQuery,
  myActionPages,
} from './schema.ts'

const WINDOW_MS = 30 * DAY_MS

export async function appeal({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, input: CreateAppeal): Promise<Appeal> {
  const at = now()
  const answer = signedIn(await insertAppeal(db, actor, input, WINDOW_MS, at))
  const until = found(answer.appealable_until, actionNotFound)
  if (answer.appeal) return answer.appeal
  // What was undone cannot be appealed, and is as good as not there.
  throw Date.parse(until) <= at.getTime() ? appealTooLate() : actionNotFound()
}

export async function getMyActions(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const list = myActionPages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], id: key[1] }
  const { actions } = signedIn(await listMyActions(db, actor, { after, limit }, WINDOW_MS, now()))
  return list.page(actions, limit, ({ created_at, id }) => [created_at, id])
}

export async function getAppeals(deps: Pick<Deps, 'db' | 'cursors' | 'media'>, actor: Actor, { state, cursor, limit }: ListAppealsQuery) {
  const list = appealPages(deps.cursors, actor.user_id, state)
  const key = await list.after(cursor)
  const after = key && { at: key[0], id: key[1] }
  const { is_admin, appeals } = signedIn(await listAppeals(deps.db, actor, { state, after, limit }))
  if (!is_admin) throw adminRequired()
  const { items, next_cursor } = await list.page(appeals, limit, (it) => [it.decided_at ?? it.created_at, it.id])
  return { items: await Promise.all(items.map((it) => presentAppeal(deps, it))), next_cursor }
}

async function presentAppeal(deps: Pick<Deps, 'media'>, row: AppealCaseRow): Promise<AppealCase> {
  return { ...row, snapshot: await presentSnapshot(deps, row.action, row.snapshot) }
}

export async function judgeAppeal(
  deps: Pick<Deps, 'db' | 'media' | 'now' | 'pushes' | 'rooms' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  appealId: string,
  input: DecideAppeal,
): Promise<AppealCase> {
  const answer = signedIn(await decideAppeal(deps.db, actor, appealId, input, crypto.randomUUID(), deps.now()))
  if (!answer.is_admin) throw adminRequired()
  const { decision, told, rooms } = answer
  deps.waitUntil(announcePushes(deps, told))
  await recheckRooms(deps, rooms)
  if (decision?.verdict === 'same_admin') throw sameAdmin()
  if (decision?.verdict === 'already') throw alreadyDecided({ extensions: { decided: decision.decided } })
  return presentAppeal(deps, found(answer.appeal, appealNotFound))
}
