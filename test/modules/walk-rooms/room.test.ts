import { describe, expect, it } from 'vitest'
import { dial, enter, enterAll, idOf, makeRoom, spot, takeTicket } from '../../support/rooms.ts'

describe('a live room', () => {
  it('shows each of two where the other is, at once', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, ...guests])
    a!.say(spot())
    expect(await b!.next('location')).toEqual({ type: 'location', user_id: idOf(host), ...spot(), timestamp: expect.any(Number) })
    b!.say({ type: 'location', ...spot(30) })
    expect(await a!.next('location')).toMatchObject({ user_id: idOf(guests[0]), lat: spot(30).lat })
    expect(a!.heard.some((message) => message.type === 'location' && message.user_id === idOf(host))).toBe(false)
  })
})
