import { type Actor, signedIn } from '../../../core/actor.ts'
import { found } from '../../../core/errors.ts'
import { sha256Hex } from '../../../core/hash.ts'
import type { Deps } from '../../../deps.ts'
import { walkNotFound } from '../../walks/errors.ts'
import type { Post, Reaction } from '../posts/schema.ts'
import { refuseSuspended } from '../suspensions/service.ts'
import { deleteReaction, findInteractions, insertReaction } from './queries.ts'
import type { Interactions, Reacted } from './schema.ts'

type ReactionDeps = Pick<Deps, 'db' | 'now'>

export async function react({ db, now }: ReactionDeps, actor: Actor, walkId: string, emoji: Reaction): Promise<Reacted> {
  const answer = signedIn(await insertReaction(db, actor, walkId, emoji, now()))
  refuseSuspended(answer)
  return reactionsOf(answer.post)
}

export async function takeReactionBack({ db, now }: ReactionDeps, actor: Actor, walkId: string, emoji: Reaction): Promise<Reacted> {
  return reactionsOf(signedIn(await deleteReaction(db, actor, walkId, emoji, now())).post)
}

function reactionsOf(post: Post | null): Reacted {
  const { reactions, my_reactions } = found(post, walkNotFound)
  return { reactions, my_reactions }
}

export async function getInteractions({ db }: Pick<Deps, 'db'>, actor: Actor, walkId: string): Promise<Interactions> {
  const { post, last_comment_id } = signedIn(await findInteractions(db, actor, walkId))
  const { likes, liked, comments, reactions, my_reactions } = found(post, walkNotFound)
  return { likes, liked, comments, last_comment_id, reactions, my_reactions }
}

export async function etagOf(answer: Interactions): Promise<string> {
  return `"${(await sha256Hex(JSON.stringify(answer))).slice(0, 32)}"`
}
