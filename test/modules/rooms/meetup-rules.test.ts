import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cell, cellOf, metresToCell, toGrid } from '../../../src/core/grid.ts'
import { METRES_PER_DEGREE } from '../../../src/core/geo.ts'
import { move } from '../../../src/modules/rooms/movement.ts'
import { emptyRoom, type RoomState, togetherMs } from '../../../src/modules/rooms/room-state.ts'
import { mustEnterAnew, reasonToClose } from '../../../src/modules/rooms/rules.ts'
import type { RoomTruth } from '../../../src/modules/rooms/schema.ts'
import { lingersUntil, shownInRoom } from '../../../src/modules/rooms/whereabouts.ts'

const [V, W, X] = ['v', 'w', 'x']
const PAIRS = [
  [V, W],
  [V, X],
  [W, V],
  [W, X],
  [X, V],
  [X, W],
] as const
const at = (northM: number) => ({ lat: 37.5 + northM / METRES_PER_DEGREE, lng: 127.03 })
const cellAt = (northM: number): Cell => cellOf(toGrid(at(northM))!)
const isHiddenBy = (cells: readonly Cell[], northM: number) => cells.some((cell) => metresToCell(toGrid(at(northM))!, cell) <= 400)
const FAR: readonly Cell[] = [cellAt(200_000)]
const HOME: readonly Cell[] = [cellAt(0)]

function meetupAt(placeM: number, cells: Record<string, readonly Cell[]>): RoomState {
  const room = emptyRoom()
  room.kind = 'meetup'
  room.place = at(placeM)
  for (const user_id of Object.keys(cells)) {
    room.members.set(user_id, { user_id, nickname: user_id, is_host: user_id === W })
    room.cells.set(user_id, { known: cells[user_id]!, first: null })
  }
  return room
}
const say = (room: RoomState, who: string, northM: number, now: number) =>
  move(room, who, { ...at(northM), timestamp: now }, now) === 'taken'
const type = (room: RoomState, now: number, [subject, viewer] = [V, W]) => shownInRoom(room, subject, viewer, now)?.type ?? null

describe('in a meetup’s room', () => {
  it('nobody is shown beyond 300 m of the place, and what stands instead is the same on the way, near home and after walking off', () => {
    const room = meetupAt(1_000, { [V]: HOME, [W]: FAR })
    const types = [100, 650, 690, 710, 1_000, 1_290, 1_310, 3_000].map((m, n) => {
      expect(say(room, V, m, n * 60_000)).toBe(true)
      return type(room, n * 60_000)
    })
    const hidden = [100, 650, 690].map(() => 'on_the_way')
    expect(types).toEqual([
      ...hidden,
      isHiddenBy(HOME, 710) ? 'on_the_way' : 'location',
      'location',
      'location',
      'on_the_way',
      'on_the_way',
    ])
  })

  it('a minute beside each other at the place, or any longer, shows nobody farther away', () => {
    const room = meetupAt(1_500, { [V]: FAR, [W]: FAR })
    for (let now = 0; now <= 900_000; now += 20_000) for (const who of [V, W]) say(room, who, 1_500, now)
    expect([type(room, 900_000), type(room, 900_000, [W, V])]).toEqual(['location', 'location'])
    for (const who of [V, W]) say(room, who, 1_850, 930_000)
    expect([type(room, 930_000), type(room, 930_000, [W, V])]).toEqual(['on_the_way', 'on_the_way'])
    expect(room.meetings.size).toBe(0)
  })

  it('the switch shows somebody near home, and nowhere beyond 300 m of the place', () => {
    const room = meetupAt(100, { [V]: HOME, [W]: FAR })
    say(room, V, 100, 0)
    expect(type(room, 0)).toBe('on_the_way')
    room.unveiled.add(V)
    expect(type(room, 0)).toBe('location')
    say(room, V, 500, 60_000)
    expect(type(room, 60_000)).toBe('on_the_way')
  })

  it('a place that is not known shows nobody', () => {
    const room = meetupAt(0, { [V]: FAR, [W]: FAR })
    room.place = null
    room.unveiled.add(V)
    say(room, V, 0, 0)
    expect(type(room, 0)).toBe('on_the_way')
  })

  it('time together counts only where both are shown', () => {
    const room = meetupAt(1_500, { [V]: FAR, [W]: FAR })
    const together = () => [...room.encounters.values()].map(togetherMs)
    for (let now = 0; now <= 60_000; now += 20_000) for (const who of [V, W]) say(room, who, 1_500, now)
    expect(together()).toEqual([60_000])
    for (let now = 100_000; now <= 300_000; now += 20_000) for (const who of [V, W]) say(room, who, 1_900, now)
    expect(together()).toEqual([60_000])
  })

  it('who goes unseen beyond 300 m is missed ten to twenty minutes later, also with the switch on', () => {
    const room = meetupAt(1_500, { [V]: FAR, [W]: FAR })
    room.unveiled.add(V)
    say(room, V, 1_500, 0)
    expect(lingersUntil(room, V, 0)).toBeNull()
    say(room, V, 1_900, 60_000)
    expect(lingersUntil(room, V, 60_000)).toBe(1_200_000)
  })
})

const position = fc.integer({ min: -1_500, max: 3_000 })
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('say' as const), who: fc.constantFrom(V, W, X), northM: position }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('stay' as const), northM: position }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hide' as const), who: fc.constantFrom(V, W, X), northM: position }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('switch' as const), who: fc.constantFrom(V, W, X) }) },
)

it('whatever people do, a position is shown within 300 m of the place only, and outside hidden areas unless the switch is on', () => {
  fc.assert(
    fc.property(fc.integer({ min: -500, max: 2_500 }), fc.array(step, { maxLength: 40 }), (placeM, steps) => {
      const cells: Record<string, Cell[]> = { [V]: [...HOME], [W]: [cellAt(1_500)], [X]: [...FAR] }
      const room = meetupAt(placeM, cells)
      const last: Record<string, number> = {}
      let now = 0
      const check = () => {
        for (const [subject, viewer] of PAIRS) {
          const shown = shownInRoom(room, subject, viewer, now)
          if (shown?.type !== 'location') {
            if (shown) expect(shown).toEqual({ type: 'on_the_way', user_id: subject })
            continue
          }
          expect(shown.lat).toBe(at(last[subject]!).lat)
          expect(Math.abs(last[subject]! - placeM)).toBeLessThanOrEqual(301)
          expect(room.unveiled.has(subject) || !isHiddenBy(cells[subject]!, last[subject]!)).toBe(true)
        }
      }
      const arrive = (who: string, northM: number) => {
        if (say(room, who, northM, now)) last[who] = northM
        check()
      }
      for (const one of steps) {
        now += 200_000
        if (one.do === 'say') arrive(one.who, one.northM)
        else if (one.do === 'stay') for (let n = 0; n < 6; n++, now += 20_000) for (const who of [V, W, X]) arrive(who, one.northM)
        else if (one.do === 'hide') {
          cells[one.who]!.push(cellAt(one.northM))
          room.cells.set(one.who, { known: cells[one.who]!, first: null })
        } else if (!room.unveiled.delete(one.who)) room.unveiled.add(one.who)
        check()
      }
    }),
    { numRuns: 1_000 },
  )
})

it('what strangers see does not depend on where somebody moves outside or hidden, whatever the strangers claim', () => {
  const PLACE_M = 1_500
  // The third home lies at the place, so that somebody is hidden within the circle as well.
  const homes = fc.constantFrom<readonly Cell[]>(FAR, HOME, [cellAt(PLACE_M + 150)])
  const walked = fc.record({
    isSeen: fc.boolean(),
    seenM: fc.integer({ min: PLACE_M - 290, max: PLACE_M + 290 }),
    unseen: fc.tuple(position, position),
    claims: fc.tuple(position, position),
  })
  let compared = 0
  fc.assert(
    fc.property(homes, fc.boolean(), fc.array(walked, { minLength: 1, maxLength: 25 }), (home, isUnveiled, steps) => {
      const isUnseen = (m: number) => Math.abs(m - PLACE_M) > 302 || (!isUnveiled && isHiddenBy(home, m))
      const rooms = [0, 1].map(() => meetupAt(PLACE_M, { [V]: home, [W]: FAR, [X]: FAR })) as [RoomState, RoomState]
      for (const room of rooms) for (const who of isUnveiled ? [V, X] : [X]) room.unveiled.add(who)
      let now = 0
      const observe = (room: RoomState) => [
        ...PAIRS.map(([subject, viewer]) => shownInRoom(room, subject, viewer, now)),
        lingersUntil(room, V, now),
        [...room.encounters].map(([pair, spans]) => [pair, togetherMs(spans)]),
        [...room.meetings],
      ]
      for (const { isSeen, seenM, unseen, claims } of steps) {
        // Long enough to come from anywhere, so that no position is refused.
        now += 250_000
        const differs = !isSeen && unseen.every(isUnseen)
        for (const part of [0, 20_000, 40_000, 61_000]) {
          for (const [n, room] of rooms.entries()) {
            expect(say(room, V, differs ? unseen[n]! : seenM, now + part)).toBe(true)
            expect(say(room, W, claims[0], now + part)).toBe(true)
            expect(say(room, X, claims[1], now + part)).toBe(true)
          }
          expect(observe(rooms[0])).toEqual(observe(rooms[1]))
          if (differs && unseen[0] !== unseen[1]) compared++
        }
        now += 61_000
      }
    }),
    { numRuns: 500 },
  )
  expect(compared).toBeGreaterThan(1_000)
})

describe('who may be in it', () => {
  const session = { id: 's', user_id: V }
  const truthOf = (more: Partial<RoomTruth> = {}, answer: 'accepted' | 'pending' = 'accepted'): RoomTruth => ({
    status: 'open',
    kind: 'meetup',
    ends_at: '2026-12-01T00:00:00Z',
    place: at(0),
    people: [
      { user_id: W, nickname: W, is_host: true, answer: 'accepted', is_blocked: false, cells: [], zone: null },
      { user_id: V, nickname: V, is_host: false, answer, is_blocked: false, cells: [], zone: null },
    ],
    apart: [],
    sessions: [session],
    ...more,
  })
  const codeOf = (truth: RoomTruth, user_id = V) => reasonToClose(truth, { user_id, session_id: 's' })

  it('is whoever has a seat, while it is open', () => {
    expect(codeOf(truthOf())).toBeNull()
    expect(codeOf(truthOf({}, 'pending'))).toBe(4002)
    for (const status of ['early', 'over', 'cancelled'] as const) expect(codeOf(truthOf({ status }))).toBe(4002)
    expect(codeOf(truthOf({ people: truthOf().people.slice(0, 1) }))).toBe(4003)
  })

  it('is a host alone as well', () => {
    const alone = truthOf({ people: truthOf().people.slice(0, 1), sessions: [{ id: 's', user_id: W }] })
    expect(codeOf(alone, W)).toBeNull()
    expect(codeOf({ ...alone, kind: 'invitation', people: alone.people.map((host) => ({ ...host, answer: null })) }, W)).toBe(4002)
  })

  it('all enter a meetup’s room anew when its place or its time has moved, and that of an invitation never', () => {
    const facts = { kind: 'meetup', place: at(0) } as const
    expect(mustEnterAnew(facts, truthOf())).toBe(false)
    expect(mustEnterAnew(facts, truthOf({ place: at(1) }))).toBe(true)
    expect(mustEnterAnew(facts, truthOf({ status: 'early' }))).toBe(true)
    expect(mustEnterAnew({ ...facts, kind: 'invitation' }, truthOf({ place: at(1) }))).toBe(false)
  })
})
