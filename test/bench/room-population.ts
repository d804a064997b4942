import type pg from 'pg'
import type { Actor } from '../../src/core/actor.ts'

/** An invitation that everybody has accepted, so that its live room is open to them. */
export interface AgreedRoom {
  readonly invitation_id: string
  readonly people: readonly Actor[]
}

let people = 0

/** Makes so many rooms of so many people each. The first person of a room has invited the others. */
export async function makeRooms(client: pg.Client, count: number, size: number): Promise<AgreedRoom[]> {
  const rooms = Array.from({ length: count }, () => ({
    invitation_id: crypto.randomUUID(),
    people: Array.from({ length: size }, () => ({ user_id: crypto.randomUUID(), session_id: crypto.randomUUID() })),
  }))
  const rows = rooms.flatMap(({ invitation_id, people: members }) =>
    members.map((user, i) => ({ ...user, invitation_id, nickname: `r${people++}x`, is_host: i === 0 })),
  )
  await client.query(
    `WITH given AS (
       SELECT * FROM json_to_recordset($1) AS row (user_id uuid, session_id uuid, invitation_id uuid, nickname text, is_host boolean)
     ), known AS (
       INSERT INTO users (id, nickname, created_at) SELECT user_id, nickname, now() FROM given
     ), hidden AS (
       -- Somebody without walks would be hidden where they first say a position.
       INSERT INTO hidden_areas (user_id, cell_x, cell_y, first_used_at, last_used_on, days_used) SELECT user_id, 0, 0, now(), now(), 1 FROM given
     ), live AS (
       INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
       SELECT session_id, user_id, 1, '', now(), now(), now() + interval '90 days' FROM given
     ), invited AS (
       INSERT INTO invitations (id, request_hash, inviter_id, scheduled_at, expires_at, ends_at, created_at)
       SELECT invitation_id, '', user_id, now() + interval '20 minutes', now() + interval '15 minutes', now() + interval '4 hours', now()
       FROM given
       WHERE is_host
     )
     INSERT INTO invitees (invitation_id, user_id, answer, answered_at, created_at)
     SELECT invitation_id, user_id, 'accepted', now(), now() FROM given WHERE NOT is_host`,
    [JSON.stringify(rows)],
  )
  await client.query('ANALYZE users, sessions, invitations, invitees')
  return rooms
}
