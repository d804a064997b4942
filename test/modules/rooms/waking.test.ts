import { describe, expect, it } from 'vitest'
import { createTestDeps, type DepsOverrides } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { accept, enterAll, idOf, inMinutes, invite, type Person } from '../../support/rooms.ts'

/** A person whose requests note which rooms they told to look again. */
function watched(person: Person): { api: Person; told: string[] } {
  const told: string[] = []
  const deps: DepsOverrides = ({ rooms }) => ({
    rooms: new Proxy(rooms, {
      get: (target, key) =>
        key === 'getByName'
          ? (id: string) => {
              told.push(id)
              return target.getByName(id)
            }
          : Reflect.get(target, key),
    }),
  })
  return { api: { ...person.with(deps), user: person.user }, told }
}

/** Requests that change who may be in a room, or what people see there. */
const changes: readonly [string, (person: Person, other: Person) => Promise<unknown>][] = [
  ['a block', (person, other) => person.post(`/blocks/${idOf(other)}`)],
  ['a privacy zone', (person) => person.put('/users/me/privacy-zone', { lat: 37.5, lng: 127, radius_m: 200 })],
  ['logging out', (person) => person.post('/auth/logout')],
  ['leaving', (person) => person.delete('/users/me')],
]

describe.each(changes)('%s', (_, change) => {
  it('wakes the rooms that are open, and none of thirty that nobody has accepted', async () => {
    const [host, guest, invitee] = await Promise.all([signUp(), signUp(), signUp()])
    await createTestDeps().db.execute(`
      WITH made AS (
        INSERT INTO invitations (id, inviter_id, scheduled_at, expires_at, ends_at, request_hash, created_at)
        SELECT gen_random_uuid(), '${idOf(host)}', now() + n * interval '1 day', now() + interval '1 hour', now() + n * interval '1 day 6 hours', '', now() - interval '2 days'
        FROM generate_series(1, 30) AS n
        RETURNING id
      )
      INSERT INTO invitees (invitation_id, user_id, created_at) SELECT made.id, person.id, now() FROM made, (VALUES ('${idOf(invitee)}'::uuid), ('${idOf(guest)}')) AS person (id)`)
    const open = await invite(host, [guest], { scheduled_at: inMinutes(30) })
    await accept(guest, open)
    await enterAll(open, [host, guest])
    const { api, told } = watched(host)
    await change(api, guest)
    expect(told).toEqual([open])
  })
})
