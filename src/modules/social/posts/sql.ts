import { type SQL, sql } from 'drizzle-orm'

/** Whether somebody may see a shared walk. Their own counts as well, once it has been shared. */
export const seesPost = (viewerId: SQL, walkId: SQL): SQL => sql`sees_post(${viewerId}, ${walkId})`

/** Whether somebody would see a shared walk if a temporary measure did not close it. */
export const isTemporarilyClosed = (viewerId: SQL, walkId: SQL): SQL => sql`is_temporarily_closed(${viewerId}, ${walkId})`

/** Whether anybody may see a walk, so that its photos need no signature. */
export const isPublicPost = (walkId: SQL): SQL => sql`is_public_post(${walkId})`

/** Whether reports, a moderator, or somebody who is injured by it keep something from everybody but its author. `type` is a `moderation_target`. */
export const isClosedByModeration = (type: 'user' | 'walk' | 'comment' | 'photo' | 'meetup', targetId: SQL): SQL =>
  sql`is_closed_by_moderation(${type}::moderation_target, ${targetId})`
