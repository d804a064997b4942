import { signedIn, type Actor } from '../../../../core/actor.ts'
import { found } from '../../../../core/errors.ts'
import { hashRequest } from '../../../../core/idempotency.ts'
import type { Deps } from '../../../../deps.ts'
import { announce, announcePushes } from '../../../../jobs/outbox.ts'
import { adminRequired } from '../../../admin/errors.ts'
import { recheckRooms } from '../../../rooms/recheck/service.ts'
import { presentCurrent } from '../content.service.ts'
import { actionNotPossible, alreadyDecided, sameAdmin, takedownNotFound, takedownOver } from '../errors.ts'
import { decideTakedown, insertObjection, insertTakedown, listTakedowns, type TakedownRow } from './queries.ts'
import { readAddress } from './rules.ts'
import {
  type CreateTakedown,
  type DecideTakedown,
  type ListTakedownsQuery,
  type Objection,
  type Takedown,
  takedownPages,
  type TakedownReceipt,
} from './schema.ts'

/** Takes the demand of somebody whom something injures, who needs no account. The same demand within a day is the same case. */
export async function demandTakedown({ db, now }: Pick<Deps, 'db' | 'now'>, input: CreateTakedown): Promise<TakedownReceipt> {
  const of = { id: crypto.randomUUID(), request_hash: await hashRequest(input), pointed: readAddress(input.url) }
  return { case_number: await insertTakedown(db, input, of, now()) }
}

export async function object({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, caseNumber: string, text: string): Promise<Objection> {
  const { objection, is_closed } = signedIn(await insertObjection(db, actor, caseNumber, text, now()))
  found(is_closed, takedownNotFound)
  return found(objection, takedownOver)
}

export async function getTakedowns(
  deps: Pick<Deps, 'db' | 'cursors' | 'media' | 'now'>,
  actor: Actor,
  { state, cursor, limit }: ListTakedownsQuery,
) {
  const list = takedownPages(deps.cursors, actor.user_id, state)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], id: key[1] }
  const { is_admin, takedowns } = signedIn(await listTakedowns(deps.db, actor, { state, after, limit }, deps.now()))
  if (!is_admin) throw adminRequired()
  const { items, next_cursor } = await list.page(takedowns, limit, (it) => [it.created_at, it.id])
  return { items: await Promise.all(items.map((it) => present(deps, it))), next_cursor }
}

async function present(deps: Pick<Deps, 'media'>, row: TakedownRow): Promise<Takedown> {
  return { ...row, content: await presentCurrent(deps, row.content) }
}

/** The author is told by a notification. The claimant is told by the admin, at the contact that they left. */
export async function judgeTakedown(
  deps: Pick<Deps, 'db' | 'jobs' | 'media' | 'now' | 'pushes' | 'rooms' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  takedownId: string,
  input: DecideTakedown,
): Promise<Takedown> {
  const answer = signedIn(await decideTakedown(deps.db, actor, takedownId, input, crypto.randomUUID(), deps.now()))
  if (!answer.is_admin) throw adminRequired()
  const { decision, told, outbox_ids, rooms } = answer
  deps.waitUntil(Promise.all([announcePushes(deps, told), announce(deps, outbox_ids)]))
  await recheckRooms(deps, rooms)
  if (decision?.verdict === 'same_admin') throw sameAdmin()
  if (decision?.verdict === 'impossible') throw actionNotPossible()
  if (decision?.verdict === 'already') throw alreadyDecided({ extensions: { decided: decision.decided } })
  return present(deps, found(answer.takedown, takedownNotFound))
}
