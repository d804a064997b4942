import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { passTime } from '../../support/clock.ts'
import { histories } from '../../support/histories.ts'
import { signUp } from '../../support/login.ts'
import { enterAllMeetup, insertDate, makeMeetupRoom } from '../../support/meetup-rooms.ts'
import { dial, hideNear, idOf, type Person, type RoomClient, spot, stubOf } from '../../support/rooms.ts'

const RUNS = histories(6)
const PLACE_M = 2_000
const { db } = createTestDeps()

afterEach(() => void vi.useRealTimers())

/** Unseen are positions at home, on the way, beyond the circle, and within it so near home that they are hidden. */
const UNSEEN_M = [0, 300, 600, 1_650, 2_350, 2_800, 5_000]
const step = fc.record({
  unseen: fc.tuple(fc.constantFrom(...UNSEEN_M), fc.constantFrom(...UNSEEN_M)),
  seenM: fc.option(fc.constantFrom(1_750, 2_000, 2_200), { freq: 1 }),
  claims: fc.tuple(fc.constantFrom(0, 600, 2_000, 2_400), fc.constantFrom(1_800, 2_000, 5_000)),
  isEvicted: fc.boolean(),
})

/** Two rooms of the same people at the same time, in which one of them moves differently where they are unseen. */
async function beginTwice(people: readonly Person[], starts: string) {
  const [victim, ...strangers] = people.map(idOf)
  return Promise.all(
    [0, 1].map(async () => {
      const id = crypto.randomUUID()
      await insertDate(id, { host: strangers[0]!, others: [victim!, ...strangers.slice(1)], status: 'going', place: spot(PLACE_M), starts })
      const clients: RoomClient[] = []
      for (const person of people) {
        const client = await dial(`/ws/walk-together/${id}?token=${person.user.access_token}`)
        await client.next('snapshot')
        clients.push(client)
      }
      return { id, clients }
    }),
  )
}

const heardBy = ({ heard }: RoomClient) => heard.filter(({ type }) => type !== 'pong')

async function recordOf(id: string) {
  const { rows: shown } = await db.execute(`
    SELECT subject_id, viewer_id, first_at::text, last_at::text FROM location_provisions WHERE invitation_id = '${id}' ORDER BY 1, 2`)
  const { rows: met } = await db.execute(`
    SELECT one_id, other_id, together::text FROM room_encounters WHERE occurrence_id = '${id}' ORDER BY 1, 2`)
  return { shown, met }
}

it(
  `${RUNS} pairs of histories that differ only in movements unseen are the same to strangers, to the letter`,
  { timeout: 300_000 },
  async () => {
    const people = await Promise.all([signUp(), signUp(), signUp()])
    await hideNear(100_000, ...people)
    await hideNear(0, people[0])
    vi.useFakeTimers({ toFake: ['Date'] })
    const base = vi.getRealSystemTime() + 15 * 60_000
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 6 }),
        fc.constantFrom('close', 'end'),
        fc.boolean(),
        async (steps, how, isUnveiled) => {
          let now = base
          vi.setSystemTime(now)
          const rooms = await beginTwice(people, new Date(now).toISOString())
          // Far from home the switch must change nothing.
          if (isUnveiled) for (const { clients } of rooms) clients[0]!.say({ type: 'show_near_home', on: true })
          for (const { unseen, seenM, claims, isEvicted } of steps) {
            now += 180_000
            for (const [n, { id, clients }] of rooms.entries()) {
              for (const part of [0, 25_000, 61_000]) {
                vi.setSystemTime(now + part)
                const where = [seenM ?? unseen[n]!, ...claims]
                for (const [who, client] of clients.entries()) {
                  client.say(spot(where[who]!))
                  await client.settle()
                }
                if (isEvicted) await evictDurableObject(stubOf(id))
                vi.setSystemTime(now + part + 1_100)
                await runDurableObjectAlarm(stubOf(id))
              }
            }
            now += 61_000
          }
          for (const { id, clients } of rooms) {
            vi.setSystemTime(now)
            if (how === 'end') clients[0]!.say({ type: 'end' })
            else clients[0]!.close()
            await clients[0]!.closing()
            for (const minutes of [1, 9, 21]) {
              vi.setSystemTime(now + minutes * 60_000)
              await runDurableObjectAlarm(stubOf(id))
            }
            for (const client of clients.slice(1)) await client.settle()
          }
          for (const who of [1, 2]) expect(heardBy(rooms[1]!.clients[who]!)).toEqual(heardBy(rooms[0]!.clients[who]!))
          expect(await recordOf(rooms[1]!.id)).toEqual(await recordOf(rooms[0]!.id))
          const shown = rooms
            .flatMap(({ clients }) => clients.slice(1).flatMap(heardBy))
            .flatMap((it) => (it.type === 'locations' || it.type === 'snapshot' ? it.items : [it]))
          for (const it of shown)
            if (it.type === 'location') expect(Math.abs((it.lat - spot(PLACE_M).lat) * 111_195)).toBeLessThanOrEqual(301)
          expect(shown.some(({ type }) => type === 'near_home')).toBe(false)
          for (const { clients } of rooms) for (const client of clients) client.close()
        },
      ),
      { numRuns: RUNS },
    )
  },
)

it('in a room of twenty, how long somebody was shown is stored every twenty seconds', async () => {
  const { id, host, others } = await makeMeetupRoom(19)
  const [a] = await enterAllMeetup(id, [host, ...others])
  const stored = () =>
    runInDurableObject(
      stubOf(id),
      (_, { storage }) => storage.sql.exec<{ ms: number }>('SELECT max(to_ms - from_ms) AS ms FROM shown').one().ms,
    )
  const sayAfter = async (ms: number) => {
    passTime(ms)
    a!.say(spot(Math.random() * 20))
    await a!.settle()
    await runDurableObjectAlarm(stubOf(id))
  }
  await sayAfter(0)
  // Who is shown to whom for the first time is recorded at once, with all there is.
  await sayAfter(2_000)
  const first = await stored()
  await sayAfter(12_000)
  expect(await stored()).toBe(first)
  await sayAfter(10_000)
  expect(await stored()).toBeGreaterThan(20_000)
})
