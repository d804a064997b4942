import { cellOf, toGrid } from '../../../src/core/grid.ts'
import { planeAt, toLat, toLng } from '../../../src/core/geo.ts'
import { move } from '../../../src/modules/rooms/movement.ts'
import { emptyRoom, type RoomKind } from '../../../src/modules/rooms/room-state.ts'
import { shownInRoom } from '../../../src/modules/rooms/whereabouts.ts'
import type { XY } from './geometry.ts'

const [OWNER, COMPANION] = ['owner', 'companion']

/** One step of two people who have agreed on a place, in metres of the world. */
export interface Step {
  readonly owner: XY
  readonly companion: XY
}

/**
 * Which of the owner's positions the product shows to the companion, step by step. `place` is the agreed one, and the owner's walks begin at `door`. The world
 * lies `east` metres from the middle of Seoul, because a home lies anywhere in its cell.
 */
export function seenLive(
  steps: readonly Step[],
  { kind, place, door, east, stepMs }: { kind: RoomKind; place: XY; door: XY; east: XY; stepMs: number },
): boolean[] {
  const plane = planeAt(37.55, 126.98)
  const at = ([x, y]: XY) => ({ lat: toLat(plane, y + east[1]), lng: toLng(plane, x + east[0]) })
  const room = emptyRoom()
  room.kind = kind
  room.place = at(place)
  for (const user_id of [OWNER, COMPANION]) {
    room.members.set(user_id, { user_id, nickname: user_id, is_host: user_id === OWNER })
    room.cells.set(user_id, { known: [user_id === OWNER ? cellOf(toGrid(at(door))!) : [0, 0]], first: null })
  }
  return steps.map(({ owner, companion }, i) => {
    move(room, COMPANION, { ...at(companion), timestamp: i }, i * stepMs)
    move(room, OWNER, { ...at(owner), timestamp: i }, i * stepMs)
    return shownInRoom(room, OWNER, COMPANION, i * stepMs)?.type === 'location'
  })
}
