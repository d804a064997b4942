import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { asArray } from '../../../db/array.ts'
import { viewer } from '../../../db/viewer.ts'
import { sharedRooms } from '../../rooms/recheck/sql.ts'

/** Whether one of the two has blocked the other. Every query that shows one person to another must ask it. */
export const isBlocked = (one: SQL, other: SQL): SQL => sql`is_blocked(${one}, ${other})`

/**
 * Makes changes between one person and others wait for each other: a block, a follow, an invitation. It comes after `lockViewer` and before the statement that asks
 * `isBlocked`, so that whatever comes second sees what came first. The locks are taken in the order of their keys, so that nobody waits in a circle. No row is locked,
 * because a person whom many follow at once must still be able to walk.
 */
export const lockPairs = (one: string, others: readonly string[]): SQL => sql`SELECT lock_pairs(${one}::uuid, ${asArray(others)}::uuid[])`

/** Whether the viewer blocks somebody. `viewer` must be in scope. */
export const isBlocking = (userId: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM blocks WHERE blocks.blocker_id = viewer.id AND blocks.blocked_id = ${userId})`

/**
 * The statements of a batch by which the caller blocks somebody, and ends what the two have with each other: both follows, and invitations from one to the other, and
 * seats in each other's meetups. They
 * come after `lockViewer`, and do nothing where `userId` is NULL. `rooms` answers the live rooms that both may have been in. They must be told. `told` are notifications of
 * people who get a seat in a meetup that one of the two has left. They must be announced.
 */
export const blockSomebody = (actor: Actor, userId: SQL, now: Date) => ({
  pair: sql`SELECT lock_pairs(${actor.user_id}::uuid, array_remove(ARRAY[${userId}], NULL))`,
  blocked: sql`
    WITH ${viewer(actor)}
    INSERT INTO blocks (blocker_id, blocked_id, created_at)
    SELECT viewer.id, users.id, ${now.toISOString()}
    FROM viewer
    JOIN users ON users.id = ${userId} AND users.deleted_at IS NULL AND users.id <> viewer.id
    ON CONFLICT DO NOTHING`,
  // Afterwards neither may be in them any more. Those that an earlier block has ended are named again, because its request may have died before they were told.
  rooms: sql<{ rooms: string[] }>`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(room.id), '[]')
      FROM (
        SELECT json_array_elements_text(${sharedRooms(sql`viewer.id`, userId, now)})::uuid AS id
        UNION
        SELECT invitations.id
        FROM invitations
        JOIN invitees ON invitees.invitation_id = invitations.id
        WHERE (invitations.inviter_id, invitees.user_id) IN ((viewer.id, ${userId}), (${userId}, viewer.id))
          AND invitees.answer = 'expired'
          AND invitees.answered_at IS NOT NULL
          AND invitations.cancelled_at IS NULL
          AND invitations.ends_at > ${now.toISOString()}
      ) AS room
    ) AS rooms
    FROM viewer`,
  unfollowed: sql`
    WITH ${viewer(actor)}
    DELETE FROM follows
    USING viewer
    WHERE (follows.follower_id, follows.followee_id) IN ((viewer.id, ${userId}), (${userId}, viewer.id)) AND ${isBlocking(userId)}`,
  parted: sql`
    WITH ${viewer(actor)}
    SELECT part_guests(viewer.id, ${userId}, ${now.toISOString()}) FROM viewer WHERE ${isBlocking(userId)}`,
  unmet: sql`
    WITH ${viewer(actor)}
    SELECT part_meetups(viewer.id, ${userId}, ${now.toISOString()}) FROM viewer WHERE ${isBlocking(userId)}`,
  told: sql<{ id: string }>`SELECT id FROM told_of_meetups(${now.toISOString()}) AS id`,
})
