import { type SQL, sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, runBatch } from '../../../db/client.ts'

/** People from one id to another, both included. */
export interface UserRange {
  readonly from: string
  readonly to: string
}

/** Counts the follows of everybody in a range, and answers the first `limit` whose stored counts differ. A snapshot holds a follow and its count, or neither. */
export async function listMiscounted(db: Db, { from, to }: UserRange, limit: number): Promise<{ user_ids: string[]; checked: number }> {
  const isInRange = (id: SQL) => sql`${id} BETWEEN ${from}::uuid AND ${to}::uuid`
  const { amiss } = await runBatch(db, {
    // Compiling the statement takes longer than running it.
    interpreted: sql`SET LOCAL jit = off`,
    amiss: sql<{ user_ids: string[]; checked: number }>`
    WITH counted AS MATERIALIZED (
      SELECT user_id, coalesce(followed.times, 0) AS follower_count, coalesce(following.times, 0) AS following_count
      FROM (SELECT followee_id AS user_id, count(*)::int AS times FROM follows WHERE ${isInRange(sql`followee_id`)} GROUP BY followee_id) AS followed
      FULL JOIN (SELECT follower_id AS user_id, count(*)::int AS times FROM follows WHERE ${isInRange(sql`follower_id`)} GROUP BY follower_id) AS following
        USING (user_id)
    ), off AS (
      SELECT user_id
      FROM counted
      FULL JOIN (SELECT * FROM user_counts WHERE ${isInRange(sql`user_id`)}) AS stored USING (user_id)
      WHERE (coalesce(counted.follower_count, 0), coalesce(counted.following_count, 0))
        <> (coalesce(stored.follower_count, 0), coalesce(stored.following_count, 0))
      ORDER BY user_id
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT json_agg(user_id ORDER BY user_id) FROM off), '[]') AS user_ids, (SELECT count(*)::int FROM counted) AS checked`,
  })
  return amiss[0] ?? { user_ids: [], checked: 0 }
}

/** Counts these people again. Whoever follows or unfollows them meanwhile waits at the counts, or has been waited for, so nothing is counted twice. */
export async function recountUsers(db: Db, userIds: readonly string[]): Promise<void> {
  const ids = sql`(${asArray(userIds)}::uuid[])`
  await runBatch(db, {
    present: sql`
    INSERT INTO user_counts (user_id)
    SELECT users.id FROM users WHERE users.id = ANY ${ids} ORDER BY users.id
    ON CONFLICT DO NOTHING`,
    lock: sql`SELECT 1 FROM user_counts WHERE user_id = ANY ${ids} ORDER BY user_id FOR NO KEY UPDATE`,
    recounted: sql`
    UPDATE user_counts
    SET follower_count = (SELECT count(*) FROM follows WHERE follows.followee_id = user_counts.user_id),
        following_count = (SELECT count(*) FROM follows WHERE follows.follower_id = user_counts.user_id)
    WHERE user_counts.user_id = ANY ${ids}`,
  })
}

/** Deletes up to `limit` marks of follows that were made before then. */
export async function deleteMarksBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM follow_marks
    WHERE (follower_id, made_at) IN (
      SELECT follower_id, made_at FROM follow_marks WHERE made_at < ${before.toISOString()} ORDER BY made_at LIMIT ${limit}
    )`)
  return rowCount
}
