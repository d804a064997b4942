import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cell, cellOf, metresToCell, toGrid } from '../../../src/core/grid.ts'
import { METRES_PER_DEGREE } from '../../../src/core/geo.ts'
import { move } from '../../../src/modules/rooms/movement.ts'
import { emptyRoom, type RoomState, togetherMs } from '../../../src/modules/rooms/room-state.ts'
import { lingersUntil, shownInRoom } from '../../../src/modules/rooms/whereabouts.ts'

const [V, W] = ['v', 'w']
const at = (northM: number) => ({ lat: 37.5 + northM / METRES_PER_DEGREE, lng: 127.03 })
const pointAt = (northM: number) => toGrid(at(northM))!
const cellAt = (northM: number): Cell => cellOf(pointAt(northM))
/** Is hidden by the cell of 0, whose border is not known. */
const isHiddenBy = (cells: readonly Cell[], northM: number) => cells.some((cell) => metresToCell(pointAt(northM), cell) <= 400)

function roomOf({ placeM, cells }: { placeM: number | null; cells: Record<string, readonly Cell[]> }): RoomState {
  const room = emptyRoom()
  for (const user_id of Object.keys(cells)) {
    room.members.set(user_id, { user_id, nickname: user_id, is_host: user_id === V })
    room.cells.set(user_id, { known: cells[user_id]!, first: null })
  }
  room.place = placeM === null ? null : at(placeM)
  return room
}

const FAR: readonly Cell[] = [cellAt(200_000)]
const HOME: readonly Cell[] = [cellAt(0)]
const SHOWN_M = 2_000
const say = (room: RoomState, who: string, northM: number, now: number) =>
  move(room, who, { ...at(northM), timestamp: now }, now) === 'taken'
const type = (room: RoomState, now: number, [subject, viewer] = [V, W]) => shownInRoom(room, subject, viewer, now)?.type ?? null

describe('a hidden area', () => {
  it('hides what lies within 400 m of a cell, and is judged anew when the cells change', () => {
    const room = roomOf({ placeM: null, cells: { [V]: HOME, [W]: FAR } })
    const edge = Array.from({ length: 2_000 }, (_, m) => m).find((m) => !isHiddenBy(HOME, m))!
    expect(edge).toBeGreaterThan(400)
    expect(edge).toBeLessThan(902)
    say(room, V, edge - 1, 0)
    expect(shownInRoom(room, V, W, 0)).toEqual({ type: 'near_home', user_id: V })
    say(room, V, edge, 5_000)
    expect(shownInRoom(room, V, W, 5_000)).toEqual({ type: 'location', user_id: V, ...at(edge), timestamp: 5_000 })
    room.cells.set(V, { known: [...HOME, cellAt(edge + 300)], first: null })
    expect(type(room, 5_000)).toBe('near_home')
  })

  it('of somebody without any is the cell of the first position said in the room, also when they have others later', () => {
    const room = roomOf({ placeM: null, cells: { [V]: [], [W]: FAR } })
    say(room, V, 0, 0)
    expect(type(room, 0)).toBe('near_home')
    say(room, V, 1_000, 60_000)
    expect(type(room, 60_000)).toBe('location')
    room.cells.set(V, { known: [cellAt(5_000)], first: room.cells.get(V)!.first })
    say(room, V, 0, 120_000)
    expect(type(room, 120_000)).toBe('near_home')
  })

  it('is everywhere far from Korea, and where nothing is known of somebody', () => {
    const room = roomOf({ placeM: null, cells: { [V]: FAR, [W]: FAR } })
    move(room, V, { lat: 40.7, lng: -74 }, 0)
    expect(type(room, 0)).toBe('near_home')
    move(room, W, at(0), 0)
    room.cells.delete(W)
    expect(type(room, 0, [W, V])).toBe('near_home')
  })

  it('shows everything of somebody who has switched it off for themselves', () => {
    const room = roomOf({ placeM: 5_000, cells: { [V]: HOME, [W]: HOME } })
    say(room, V, 0, 0)
    say(room, W, 0, 0)
    room.unveiled.add(V)
    expect([type(room, 0), type(room, 0, [W, V])]).toEqual(['location', 'on_the_way'])
  })
})

describe('before and after meeting', () => {
  const walkTogether = (room: RoomState, northM: number, now: number) => {
    say(room, V, northM, now)
    say(room, W, northM + 20, now + 1_000)
  }
  const room = () => roomOf({ placeM: SHOWN_M, cells: { [V]: HOME, [W]: FAR } })

  it('people are shown within 300 m of the place, have met after a minute beside each other there, and part beyond 300 m for two minutes', () => {
    const one = room()
    say(one, V, SHOWN_M - 350, 0)
    expect(type(one, 0)).toBe('on_the_way')
    say(one, V, SHOWN_M - 290, 5_000)
    expect(type(one, 5_000)).toBe('location')
    for (const now of [20_000, 40_000, 60_000]) walkTogether(one, SHOWN_M + 250, now)
    say(one, V, SHOWN_M + 320, 62_000)
    expect(type(one, 62_000)).toBe('on_the_way')
    for (const now of [80_000, 100_000, 120_000, 145_000]) walkTogether(one, SHOWN_M + 250, now)
    walkTogether(one, SHOWN_M + 400, 150_000)
    expect([type(one, 151_000), type(one, 151_000, [W, V])]).toEqual(['location', 'location'])
    say(one, V, SHOWN_M + 800, 170_000)
    say(one, V, SHOWN_M + 800, 289_000)
    expect(type(one, 289_000)).toBe('location')
    say(one, V, SHOWN_M + 800, 290_000)
    expect(type(one, 290_000)).toBe('on_the_way')
  })

  it('a companion who only claims to stay with somebody hidden loses them after ten minutes', () => {
    const one = room()
    for (const now of [0, 20_000, 40_000, 61_000]) walkTogether(one, SHOWN_M, now)
    for (const now of [100_000, 140_000]) walkTogether(one, 1_200, now)
    say(one, V, 400, 180_000)
    for (let now = 185_000; now < 800_000; now += 20_000) walkTogether(one, 300, now)
    say(one, V, 1_200, 830_000)
    expect(type(one, 830_000)).toBe('on_the_way')
  })

  it('neighbours whose place lies within their hidden area meet there all the same, by coming to the place', () => {
    const one = roomOf({ placeM: 100, cells: { [V]: HOME, [W]: HOME } })
    for (const now of [0, 20_000, 40_000, 61_000]) walkTogether(one, 100, now)
    expect(type(one, 62_000)).not.toBe('location')
    // Who has heard `on_the_way` hears nothing else until a position is shown, or it would tell of the coming to the place.
    one.told.set(`${V} ${W}`, 'on_the_way')
    expect(type(one, 62_000)).toBe('on_the_way')
    walkTogether(one, 1_200, 120_000)
    expect([type(one, 121_000), type(one, 121_000, [W, V])]).toEqual(['location', 'location'])
  })

  it('no claim beside somebody hidden makes a meeting unless they have come to the place', () => {
    const one = roomOf({ placeM: 300, cells: { [V]: HOME, [W]: FAR } })
    for (const now of [0, 20_000, 40_000, 61_000, 80_000]) walkTogether(one, 100, now)
    say(one, V, 1_200, 140_000)
    expect(type(one, 140_000)).toBe('on_the_way')
  })
})

const NORTH_MAX_M = 3_000
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      who: fc.constantFrom(V, W),
      northM: fc.integer({ min: -NORTH_MAX_M, max: NORTH_MAX_M }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('stay' as const), northM: fc.integer({ min: -NORTH_MAX_M, max: NORTH_MAX_M }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('hide' as const),
      who: fc.constantFrom(V, W),
      northM: fc.integer({ min: -NORTH_MAX_M, max: NORTH_MAX_M }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('switch' as const), who: fc.constantFrom(V, W) }) },
)

it('whatever people do, a position is shown outside their hidden area only, and away from the place only after a minute of both near it', () => {
  fc.assert(
    fc.property(fc.option(fc.integer({ min: -500, max: 2_500 })), fc.array(step, { maxLength: 40 }), (placeM, steps) => {
      const cells: Record<string, Cell[]> = { [V]: [...HOME], [W]: [cellAt(1_500)] }
      const room = roomOf({ placeM, cells })
      const isAt = (northM: number | undefined) => placeM === null || (northM !== undefined && Math.abs(northM - placeM) <= 301)
      const last: Record<string, number> = {}
      const unveiled = new Set<string>()
      let bothNearSince: number | null = null
      let mayHaveMet = placeM === null
      let now = 0
      const check = () => {
        for (const [subject, viewer] of [
          [V, W],
          [W, V],
        ] as const) {
          const shown = shownInRoom(room, subject, viewer, now)
          if (shown?.type !== 'location') {
            if (shown) expect(Object.keys(shown).toSorted()).toEqual(['type', 'user_id'])
            continue
          }
          expect(shown.lat).toBe(at(last[subject]!).lat)
          if (unveiled.has(subject)) continue
          expect(isHiddenBy(cells[subject]!, last[subject]!)).toBe(false)
          expect(isAt(last[subject]) || mayHaveMet).toBe(true)
        }
      }
      const arrive = (who: string, northM: number) => {
        if (say(room, who, northM, now)) last[who] = northM
        const areNear = isAt(last[V]) && isAt(last[W])
        bothNearSince = areNear ? (bothNearSince ?? now) : null
        mayHaveMet ||= bothNearSince !== null && now - bothNearSince >= 60_000
        check()
      }
      for (const one of steps) {
        if (one.do === 'say') {
          now += 120_000
          arrive(one.who, one.northM)
        } else if (one.do === 'stay') {
          now += 220_000
          for (let n = 0; n < 4; n++, now += 20_000) for (const who of [V, W]) arrive(who, one.northM)
        } else if (one.do === 'hide') {
          cells[one.who]!.push(cellAt(one.northM))
          room.cells.set(one.who, { known: cells[one.who]!, first: null })
          check()
        } else {
          if (!unveiled.delete(one.who)) unveiled.add(one.who)
          if (!room.unveiled.delete(one.who)) room.unveiled.add(one.who)
          check()
        }
      }
    }),
    { numRuns: 2_000 },
  )
})

it('what others see does not depend on where somebody moves while they are hidden, whatever the others claim', () => {
  // Away from the agreed place: coming there is what a meeting is.
  const hidden = fc.integer({ min: -390, max: 390 })
  const walked = fc.record({
    shownM: fc.option(fc.integer({ min: 1_000, max: 3_000 })),
    hidden: fc.tuple(hidden, hidden),
    claimM: fc.integer({ min: -500, max: 3_000 }),
  })
  fc.assert(
    fc.property(fc.constantFrom(null, 700, 1_000, 1_300, 2_000), fc.array(walked, { maxLength: 30 }), (placeM, steps) => {
      const [one, other] = [0, 1].map(() => roomOf({ placeM, cells: { [V]: HOME, [W]: FAR } })) as [RoomState, RoomState]
      const seen = (room: RoomState, now: number) => [
        shownInRoom(room, V, W, now),
        shownInRoom(room, W, V, now),
        lingersUntil(room, V, now),
        [...room.encounters.values()].map(togetherMs),
      ]
      let now = 0
      for (const { shownM, hidden: alternatives, claimM } of steps) {
        now += 150_000
        for (const part of [0, 20_000, 40_000, 61_000]) {
          for (const [room, hiddenM] of [
            [one, alternatives[0]],
            [other, alternatives[1]],
          ] as const) {
            expect(say(room, V, shownM ?? hiddenM, now + part)).toBe(true)
            expect(say(room, W, claimM, now + part + 1_000)).toBe(true)
            const item = shownInRoom(room, V, W, now + part + 1_000)
            // As `Showing` remembers what it has said.
            if (item?.type === 'location') room.told.delete(`${V} ${W}`)
            else if (item) room.told.set(`${V} ${W}`, room.told.get(`${V} ${W}`) ?? item.type)
          }
          expect(seen(one, now + part + 1_000)).toEqual(seen(other, now + part + 1_000))
        }
        now += 61_000
      }
    }),
    { numRuns: 500 },
  )
})

it('who goes unseen is missed ten to twenty minutes later, at a full ten minutes, and who is seen going at once', () => {
  const room = roomOf({ placeM: null, cells: { [V]: HOME, [W]: FAR } })
  expect(lingersUntil(room, V, 0)).toBeNull()
  say(room, V, 2_000, 0)
  expect(lingersUntil(room, V, 30_000)).toBeNull()
  expect(lingersUntil(room, V, 30_001)).toBe(1_200_000)
  say(room, V, 0, 120_000)
  for (const now of [120_000, 300_000, 599_999, 600_000]) expect(lingersUntil(room, V, now)).toBe(1_200_000)
  expect(lingersUntil(room, V, 600_001)).toBe(1_800_000)
})
