import { sql } from 'drizzle-orm'
import { boolean, customType, index, integer, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'
import { postAudience, walks } from './walks.ts'

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const blocks = pgTable('blocks', { blocker_id: ofUser(), blocked_id: ofUser(), created_at: timestamptz().notNull() }, (table) => [
  primaryKey({ name: 'blocks_pkey', columns: [table.blocker_id, table.blocked_id] }),
  index('blocks_blocked').on(table.blocked_id, table.blocker_id),
])

export const follows = pgTable(
  'follows',
  { follower_id: ofUser(), followee_id: ofUser(), created_at: timestamptz().notNull() },
  (table) => [
    primaryKey({ name: 'follows_pkey', columns: [table.follower_id, table.followee_id] }),
    index('follows_followee').on(table.followee_id, table.created_at.desc().nullsFirst(), table.follower_id),
    index('follows_made').on(table.follower_id, table.created_at.desc().nullsFirst(), table.followee_id),
  ],
)

export const userCounts = pgTable('user_counts', {
  user_id: uuid()
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  follower_count: integer().notNull().default(0),
  following_count: integer().notNull().default(0),
})

export const followMarks = pgTable(
  'follow_marks',
  { follower_id: ofUser(), made_at: timestamptz().notNull(), follows: integer().notNull() },
  (table) => [
    primaryKey({ name: 'follow_marks_pkey', columns: [table.follower_id, table.made_at] }),
    index('follow_marks_made').on(table.made_at),
  ],
)

export const posts = pgTable(
  'posts',
  {
    walk_id: uuid()
      .primaryKey()
      .references(() => walks.id, { onDelete: 'cascade' }),
    author_id: ofUser(),
    posted_at: timestamptz().notNull(),
    region_code: text(),
    is_open: boolean().notNull(),
    audience: postAudience().notNull(),
    like_count: integer().notNull().default(0),
    comment_count: integer().notNull().default(0),
  },
  (table) => [
    index('posts_author')
      .on(table.author_id, table.posted_at.desc().nullsFirst(), table.walk_id.desc().nullsFirst())
      .where(sql`is_open`),
    index('posts_time')
      .on(table.posted_at.desc().nullsFirst(), table.walk_id.desc().nullsFirst())
      .where(sql`is_open`),
    index('posts_sigungu')
      .on(sql`"left"(region_code, 5)`, table.posted_at.desc().nullsFirst(), table.walk_id.desc().nullsFirst())
      .where(sql`is_open`),
    index('posts_theirs').on(table.author_id),
  ],
)

const ofPost = () =>
  uuid()
    .notNull()
    .references(() => posts.walk_id, { onDelete: 'cascade' })

export const likes = pgTable(
  'likes',
  { walk_id: ofPost(), user_id: ofUser(), author_id: uuid().notNull(), created_at: timestamptz().notNull() },
  (table) => [
    primaryKey({ name: 'likes_pkey', columns: [table.walk_id, table.user_id] }),
    index('likes_given').on(table.user_id, table.created_at, table.author_id),
    index('likes_walk').on(table.walk_id, table.created_at.desc().nullsFirst(), table.user_id.desc().nullsFirst()),
  ],
)

export const comments = pgTable(
  'comments',
  {
    id: uuid().primaryKey(),
    request_hash: text().notNull(),
    walk_id: ofPost(),
    user_id: ofUser(),
    author_id: uuid().notNull(),
    content: text().notNull(),
    created_at: timestamptz().notNull(),
    deleted_at: timestamptz(),
    held_at: timestamptz(),
  },
  (table) => [
    index('comments_walk')
      .on(table.walk_id, table.created_at, table.id)
      .where(sql`deleted_at IS NULL`),
    index('comments_of_walk').on(table.walk_id),
    index('comments_written').on(table.user_id, table.created_at),
    index('comments_deleted')
      .on(table.deleted_at)
      .where(sql`deleted_at IS NOT NULL`),
  ],
)

export const reactionEmoji = pgEnum('reaction_emoji', ['thumbs_up', 'heart', 'joy', 'dog', 'paw', 'party'])

export const reactions = pgTable(
  'reactions',
  {
    walk_id: ofPost(),
    user_id: ofUser(),
    emoji: reactionEmoji().notNull(),
    author_id: uuid().notNull(),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'reactions_pkey', columns: [table.walk_id, table.user_id, table.emoji] }),
    index('reactions_given').on(table.user_id, table.created_at, table.author_id),
  ],
)

export const feedHides = pgTable(
  'feed_hides',
  {
    user_id: ofUser(),
    walk_id: uuid()
      .notNull()
      .references(() => walks.id, { onDelete: 'cascade' }),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'feed_hides_pkey', columns: [table.user_id, table.walk_id] }),
    index('feed_hides_walk').on(table.walk_id),
    index('feed_hides_created').on(table.created_at),
  ],
)

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })

export const postMarks = pgTable(
  'post_marks',
  {
    walk_id: uuid().notNull(),
    at: timestamptz()
      .notNull()
      .default(sql`now()`),
    made_by: xid8()
      .notNull()
      .default(sql`pg_current_xact_id()`),
    delta: integer().notNull(),
  },
  (table) => [primaryKey({ name: 'post_marks_pkey', columns: [table.made_by, table.walk_id] })],
)
