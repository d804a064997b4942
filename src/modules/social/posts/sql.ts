import { type SQL, sql } from 'drizzle-orm'

/** Whether somebody may see a shared walk. Their own counts as well, once it has been shared. */
export const seesPost = (viewerId: SQL, walkId: SQL): SQL => sql`sees_post(${viewerId}, ${walkId})`

/** Whether somebody would see a shared walk if a temporary measure did not close it. */
export const isTemporarilyClosed = (viewerId: SQL, walkId: SQL): SQL => sql`is_temporarily_closed(${viewerId}, ${walkId})`

/** Whether anybody may see a walk, so that its photos need no signature. */
export const isPublicPost = (walkId: SQL): SQL => sql`is_public_post(${walkId})`

type Target = 'user' | 'walk' | 'comment' | 'photo' | 'meetup' | 'course'

/** Whether somebody has reported a thing, and so sees it no more. */
export const hasReported = (viewerId: SQL, type: Target, targetId: SQL): SQL =>
  sql`has_reported(${viewerId}, ${type}::moderation_target, ${targetId})`

/** Whether reports, a moderator, or somebody who is injured by it keep something from everybody but its author. `type` is a `moderation_target`. */
export const isClosedByModeration = (type: Target, targetId: SQL): SQL =>
  sql`is_closed_by_moderation(${type}::moderation_target, ${targetId})`

/**
 * The first statement of a batch that writes to what stands under a post. The next statement so sees blocks and closings that came while it waited, and every
 * batch takes the post before what stands under it.
 */
export const lockPost = (walkId: SQL): SQL => sql`SELECT 1 FROM posts WHERE walk_id = ${walkId} FOR NO KEY UPDATE`

/** What people did with a walk, as `Post`, or NULL for one that was never shared. `posted_at` is exact, so whoever shows it makes it as coarse as the walk's other times. */
export const postJson = (walkId: SQL, viewerId: SQL): SQL => sql`post_json(${walkId}, ${viewerId})`
