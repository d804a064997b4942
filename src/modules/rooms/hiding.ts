import type { RoomKind, RoomState } from './room-state.ts'
import type { RoomStore } from './room-store.ts'
import { cellsOf } from './rules.ts'
import type { RoomTruth } from './schema.ts'

/** Notes where people are hidden now. It counts for positions that are stored already. */
export function hidePeople(room: RoomState, store: RoomStore, kind: RoomKind, truth: RoomTruth): void {
  room.kind = kind
  room.place = truth.place
  for (const person of truth.people) {
    if (!room.members.has(person.user_id)) continue
    const was = room.cells.get(person.user_id)
    const is = { known: cellsOf(person), first: was?.first ?? null }
    room.cells.set(person.user_id, is)
    if (JSON.stringify(was) !== JSON.stringify(is)) store.saveCells(person.user_id, is)
  }
}
