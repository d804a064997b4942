import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../../core/fields.ts'
import { postCardSchema } from '../../walks/showing/schema.ts'

const feedFilterSchema = z.enum(['all', 'following', 'local']).meta({ id: 'FeedFilter' })
export type FeedFilter = z.infer<typeof feedFilterSchema>
const feedOrderSchema = z.enum(['ranked', 'recent']).meta({ id: 'FeedOrder' })

/** Longer than other cursors, because it says which transactions page one saw. */
const CURSOR_MAX = 2_000

export const feedQuery = pageQuery.extend({
  cursor: pageQuery.shape.cursor.unwrap().max(CURSOR_MAX).optional().meta({
    description: '`next_cursor` of the page before, not older than a day. The first page when it is left out',
  }),
  filter: feedFilterSchema.default('all').meta({
    description:
      'Everything, walks of those I follow, or walks of my 시군구. `all` in ranked order ends; the others go on to the oldest walk',
  }),
  order: feedOrderSchema.default('ranked').meta({
    description: '`ranked`: the last fourteen days by age, closeness, region and likes, and then by time. `recent`: by time alone',
  }),
  since: instantSchema.optional().meta({
    description: 'Asks only how many walks are newer than this: `at` of the feed that is shown. No items are answered then',
  }),
})
export type FeedQuery = z.infer<typeof feedQuery>

export const feedPageSchema = z
  .object({
    items: z.array(postCardSchema),
    next_cursor: z.string().nullable().meta({ description: '`cursor` of the next page. Null on the last one' }),
    at: instantSchema.meta({ description: 'The instant that this feed is of. Its order does not change while somebody scrolls' }),
    new_count: z.int().max(99).nullable().meta({ description: 'How many walks are newer than `since`, at most 99. Null without `since`' }),
  })
  .meta({ id: 'FeedPage' })
export type FeedPage = z.infer<typeof feedPageSchema>

/** `at`, what page one saw of the counters, the viewer's region then, and as JSON the floors of page one and where the page ended. */
export const feedPages = pagesOf('feed', z.tuple([instantSchema, z.string(), z.string(), z.string(), z.string()]))

export const hideParam = z.object({ walk_id: uuidSchema })

/** The walks that one person shared, by the time of sharing. */
export const userPostPages = pagesOf('user_posts', z.tuple([z.string(), uuidSchema]))
