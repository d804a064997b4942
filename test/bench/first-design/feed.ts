import type { FeedFilter } from '../../../src/modules/social/feed/schema.ts'
import type { Statement } from '../backend-cpu.ts'

/** A page of a feed as it was first designed: the score of each shared walk when it is read, likes and comments counted, the best twenty after so many. */
export function firstDesign(userId: string, filter: FeedFilter, offset: number): Statement {
  const source = {
    all: 'true',
    following: 'walks.user_id IN (SELECT followee_id FROM follows WHERE follower_id = $1)',
    local: 'left(walks.region_code, 5) = left(me.region_code, 5)',
  }[filter]
  return {
    values: [userId, offset],
    text: `
      SELECT walks.id,
             0.4 / (1 + extract(epoch FROM now() - walks.shared_at)::float8 / 86400)
               + 0.3 * least(coalesce(given.count, 0), 10) / 10.0::float8
               + CASE WHEN walks.region_code = me.region_code THEN 0.2 WHEN left(walks.region_code, 5) = left(me.region_code, 5) THEN 0.12 ELSE 0 END
               + 0.002 * least(coalesce(liked.count, 0) + coalesce(commented.count, 0), 50) AS score
      FROM walks
      JOIN users AS me ON me.id = $1
      JOIN users AS author ON author.id = walks.user_id AND author.deleted_at IS NULL
      LEFT JOIN (SELECT walk_id, count(*) FROM likes GROUP BY walk_id) AS liked ON liked.walk_id = walks.id
      LEFT JOIN (SELECT walk_id, count(*) FROM comments WHERE deleted_at IS NULL GROUP BY walk_id) AS commented ON commented.walk_id = walks.id
      LEFT JOIN (
        SELECT author_id, count(*)
        FROM (
          SELECT author_id FROM likes WHERE user_id = $1 AND created_at > now() - interval '30 days'
          UNION ALL
          SELECT author_id FROM comments WHERE user_id = $1 AND created_at > now() - interval '30 days'
          UNION ALL
          SELECT author_id FROM reactions WHERE user_id = $1 AND created_at > now() - interval '30 days'
        ) AS gift
        GROUP BY author_id
      ) AS given ON given.author_id = walks.user_id
      WHERE walks.shared_to_feed AND walks.is_valid AND walks.deleted_at IS NULL AND walks.user_id <> $1
        AND (walks.audience <> 'followers' OR walks.user_id IN (SELECT followee_id FROM follows WHERE follower_id = $1))
        AND walks.user_id NOT IN (SELECT blocked_id FROM blocks WHERE blocker_id = $1 UNION SELECT blocker_id FROM blocks WHERE blocked_id = $1)
        AND walks.id NOT IN (SELECT walk_id FROM feed_hides WHERE user_id = $1)
        AND ${source}
      ORDER BY score DESC, walks.id DESC
      LIMIT 20 OFFSET $2`,
  }
}
