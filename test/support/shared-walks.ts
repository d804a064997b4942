import { createTestDeps, type Api, type SignedIn } from './api.ts'
import { addPet, freshTrack, walk } from './walks.ts'

type Person = Api & { user: SignedIn }

/** A walk that its owner has just shared. Returns its id. */
export async function shareWalk(owner: Api, audience: 'everyone' | 'followers' = 'everyone'): Promise<string> {
  const track = freshTrack({ length_m: 700 })
  const { id, status, json } = await walk(owner, [await addPet(owner)], { track, more: { shared_to_feed: true, audience } })
  if (status !== 200) throw new Error(`the walk was refused: ${JSON.stringify(json)}`)
  return id
}

const idOf = ({ user }: Person) => user.user_id

export async function follow(follower: Person, followee: Person): Promise<void> {
  await createTestDeps().db.execute(`INSERT INTO follows VALUES ('${idOf(follower)}', '${idOf(followee)}', now())`)
}

export async function unfollow(follower: Person, followee: Person): Promise<void> {
  await createTestDeps().db.execute(`DELETE FROM follows WHERE follower_id = '${idOf(follower)}' AND followee_id = '${idOf(followee)}'`)
}

/** Changes columns of somebody's account that only a moderator, an admin or time changes. */
export async function changeUser(person: Person, change: string): Promise<void> {
  await createTestDeps().db.execute(`UPDATE users SET ${change} WHERE id = '${idOf(person)}'`)
}

/** So many strangers who have only a row, for what takes more people than there is time to sign up. Returns their ids. */
export async function makeCrowd(size: number): Promise<string[]> {
  const { rows } = await createTestDeps().db.execute<{ id: string }>(`
    INSERT INTO users (id, nickname, created_at) SELECT gen_random_uuid(), '군중' || left(replace(gen_random_uuid()::text, '-', ''), 10), now() FROM generate_series(1, ${size}) RETURNING id`)
  return rows.map(({ id }) => id)
}

/** What the counters of a walk say, what its rows say, and the sum of its marks. */
export async function countersOf(walkId: string) {
  const { rows } = await createTestDeps().db.execute<{ likes: number; comments: number; like_rows: number; comment_rows: number; marks: number }>(`
    SELECT like_count AS likes, comment_count AS comments,
           (SELECT count(*)::int FROM likes WHERE likes.walk_id = posts.walk_id) AS like_rows,
           (SELECT count(*)::int FROM comments WHERE comments.walk_id = posts.walk_id AND deleted_at IS NULL AND held_at IS NULL) AS comment_rows,
           (SELECT coalesce(sum(delta), 0)::int FROM post_marks WHERE post_marks.walk_id = posts.walk_id) AS marks
    FROM posts
    WHERE walk_id = '${walkId}'`)
  return rows[0]
}
