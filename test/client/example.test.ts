import { expect, it } from 'vitest'
import { firstWalk, messageOf, walkTogether } from '../../client/example.ts'
import { Unreachable } from '../../client/src/index.ts'
import { pointAt } from '../../dev/track-changes.ts'
import { randomNumericId, simulateLogin } from '../support/login.ts'
import { createPhone, createStorage } from '../support/phone.ts'
import { enter, idOf, makeRoom, spot } from '../support/rooms.ts'
import { freshTrack } from '../support/walks.ts'

it('a new owner logs in, walks and earns the first badge, over a network that loses the answer to the walk', async () => {
  const phone = createPhone(null)
  const { access_token } = await simulateLogin({ provider: 'kakao', id: randomNumericId() })
  const track = freshTrack()
  const points = Array.from(track.time_ms, (_, i) => ({ ...pointAt(track, i), accuracy_m: 5 }))
  let isLost = false
  phone.network = async ({ path }, pass) => {
    const answer = await pass()
    if (path !== '/walks/sync' || isLost) return answer
    isLost = true
    throw new TypeError('Network request failed')
  }
  expect(await firstWalk(phone.client, createStorage(), access_token!, { points })).toContain('첫 발자국')
  expect(phone.sentTo('/walks/sync')).toHaveLength(2)
  expect((await phone.client.get('/walks')).items).toHaveLength(1)
})

it('two who walk together see each other', async () => {
  const { id, host, guests } = await makeRoom()
  const friend = await enter(guests[0], id)
  friend.say(spot(2))
  await friend.settle()
  const seen: [string, number][] = []
  const room = walkTogether(createPhone(host.user).client, id, (who, lat) => seen.push([who, lat]))
  await expect.poll(() => seen, { timeout: 20_000 }).toEqual([[idOf(guests[0]), spot(2).lat]])
  friend.say(spot(3))
  await expect.poll(() => seen.at(-1), { timeout: 20_000 }).toEqual([idOf(guests[0]), spot(3).lat])
  room.leave()
})

it('a failure has words that a person understands', async () => {
  const { client } = createPhone(null)
  expect(messageOf(await client.get('/users/me').catch((error: unknown) => error))).toMatch(/[가-힣]/)
  expect(messageOf(new Unreachable('the network failed'))).toBe('인터넷 연결을 확인해 주세요.')
})
