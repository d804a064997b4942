import { signedIn, type Actor } from '../../../core/actor.ts'
import type { Deps } from '../../../deps.ts'
import { type FoundRow, listPeopleNamed } from './queries.ts'
import { foundPages, type FoundUser, type SearchQuery } from './schema.ts'

export async function searchUsers(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  { q: typed, cursor, limit }: SearchQuery,
) {
  const list = foundPages(cursors, actor.user_id, typed.text)
  const position = await list.after(cursor)
  const after = position && { tier: position[0], key: position[1], user_id: position[2] }
  const { items: rows } = signedIn(await listPeopleNamed(db, actor, typed, { after, limit }, now()))
  const { items, next_cursor } = await list.page(rows, limit, ({ tier, key, user }) => [tier, key, user.id])
  return { items: items.map(presentFound), next_cursor }
}

function presentFound({ user, pet, region, following, follows_me, matched }: FoundRow): FoundUser {
  return { user, pet, region, following, follows_me, matched }
}
