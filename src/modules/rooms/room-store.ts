import { toGrid } from '../../core/grid.ts'
import type { LatLng } from '../../core/geo.ts'
import type { Hiding, Timestamp } from './protocol.ts'
import { emptyRoom, type HiddenCells, type Meeting, type RoomKind, type RoomState, type Span, type Spot } from './room-state.ts'

/**
 * The versions of the storage. They are append-only, because rooms live through a deployment. The tables are `WITHOUT ROWID`, because an index beside the
 * rows would be written, and paid for, with each of them.
 */
const VERSIONS: readonly string[] = [
  `CREATE TABLE room (
     only INTEGER PRIMARY KEY CHECK (only = 1), invitation_id TEXT NOT NULL, ends_ms INTEGER NOT NULL, ended_ms INTEGER, is_muted INTEGER NOT NULL
   );
   CREATE TABLE members (
     user_id TEXT PRIMARY KEY, nickname TEXT NOT NULL, is_host INTEGER NOT NULL, has_ended INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE apart (pair TEXT PRIMARY KEY) WITHOUT ROWID;
   CREATE TABLE spots (
     user_id TEXT PRIMARY KEY, lat REAL NOT NULL, lng REAL NOT NULL, timestamp TEXT NOT NULL, at_ms INTEGER NOT NULL, is_near_home INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE encounters (
     pair TEXT, from_ms INTEGER, to_ms INTEGER NOT NULL, saved_ms INTEGER NOT NULL, PRIMARY KEY (pair, from_ms)
   ) WITHOUT ROWID;
   CREATE TABLE shown (who TEXT PRIMARY KEY, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, saved_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE spent_tickets (ticket_id TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE timers (name TEXT PRIMARY KEY, due_ms INTEGER NOT NULL) WITHOUT ROWID;`,
  // A room that was open before knows neither its place nor anybody's cells. It shows nothing until it has asked.
  `ALTER TABLE spots DROP COLUMN is_near_home;
   ALTER TABLE room ADD COLUMN place TEXT;
   CREATE TABLE cells (user_id TEXT PRIMARY KEY, known TEXT NOT NULL, first TEXT) WITHOUT ROWID;
   CREATE TABLE meetings (pair TEXT PRIMARY KEY, has_met INTEGER NOT NULL, near_since_ms INTEGER, apart_since_ms INTEGER) WITHOUT ROWID;
   CREATE TABLE told (who TEXT PRIMARY KEY, type TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE lingering (user_id TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID;
   UPDATE room SET is_muted = 1 WHERE ended_ms IS NULL;
   INSERT OR REPLACE INTO timers SELECT 'check', 0 FROM room WHERE ended_ms IS NULL;`,
  'ALTER TABLE spots ADD COLUMN said_ms INTEGER;',
  `ALTER TABLE room RENAME COLUMN invitation_id TO room_id;
   ALTER TABLE room ADD COLUMN kind TEXT NOT NULL DEFAULT 'invitation';`,
]

/** The room itself, beside the people in it. */
export interface RoomFacts {
  /** The id of the invitation, or of the meetup's date. */
  readonly room_id: string
  readonly kind: RoomKind
  readonly ends_ms: number
  readonly ended_ms: number | null
  /** A muted room shows nobody anything until it knows again who may see it. */
  readonly is_muted: boolean
  /** The agreed place, or `null` where an invitation names none. */
  readonly place: LatLng | null
}

/** A room's storage in its Durable Object. It is empty until somebody is let in, and empty again when the room vanishes. */
export class RoomStore {
  readonly #storage: DurableObjectStorage
  /** Whether the tables exist. */
  #isOpen: boolean
  #facts: RoomFacts | null

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    const version = this.#version()
    this.#isOpen = version > 0
    if (this.#isOpen && version < VERSIONS.length) this.#migrate(version)
    this.#facts = this.#loadFacts()
  }

  /** `null` until somebody has been let in. */
  get facts(): RoomFacts | null {
    return this.#facts
  }

  #version(): number {
    const [table] = this.#storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'")
    return table ? (this.#storage.sql.exec<{ version: number }>('SELECT version FROM schema_version').toArray()[0]?.version ?? 0) : 0
  }

  #migrate(from: number): void {
    this.#storage.transactionSync(() => {
      for (const version of VERSIONS.slice(from)) this.#storage.sql.exec(version)
      this.#storage.sql.exec(
        'CREATE TABLE IF NOT EXISTS schema_version (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL)',
      )
      this.#storage.sql.exec('INSERT OR REPLACE INTO schema_version VALUES (1, ?)', VERSIONS.length)
    })
    this.#isOpen = true
  }

  /** Runs a statement that writes. The first one makes the tables. */
  #run(statement: string, ...values: SqlStorageValue[]) {
    if (!this.#isOpen) this.#migrate(0)
    return this.#storage.sql.exec(statement, ...values)
  }

  #rows<T extends Record<string, SqlStorageValue>>(statement: string): T[] {
    return this.#isOpen ? this.#storage.sql.exec<T>(statement).toArray() : []
  }

  #loadFacts(): RoomFacts | null {
    const [row] = this.#rows<{
      room_id: string
      kind: RoomKind
      ends_ms: number
      ended_ms: number | null
      is_muted: number
      place: string | null
    }>('SELECT * FROM room')
    return row ? { ...row, is_muted: row.is_muted === 1, place: parsed<LatLng>(row.place) } : null
  }

  loadState(): RoomState {
    const room = emptyRoom()
    for (const { user_id, nickname, is_host, has_ended } of this.#rows<{
      user_id: string
      nickname: string
      is_host: number
      has_ended: number
    }>('SELECT * FROM members')) {
      room.members.set(user_id, { user_id, nickname, is_host: is_host === 1 })
      if (has_ended) room.ended.add(user_id)
    }
    for (const { pair } of this.#rows<{ pair: string }>('SELECT pair FROM apart')) room.apart.add(pair)
    for (const { user_id, timestamp, ...spot } of this.#rows<{
      user_id: string
      lat: number
      lng: number
      timestamp: string
      at_ms: number
      said_ms: number | null
    }>('SELECT * FROM spots')) {
      room.spots.set(user_id, { ...spot, point: toGrid(spot), timestamp: JSON.parse(timestamp) as Timestamp })
    }
    room.kind = this.#facts?.kind ?? 'invitation'
    room.place = this.#facts?.place ?? null
    for (const { user_id, known, first } of this.#rows<{ user_id: string; known: string; first: string | null }>('SELECT * FROM cells'))
      room.cells.set(user_id, { known: JSON.parse(known) as HiddenCells['known'], first: parsed(first) })
    for (const { pair, has_met, ...since } of this.#rows<{
      pair: string
      has_met: number
      near_since_ms: number | null
      apart_since_ms: number | null
    }>('SELECT * FROM meetings'))
      room.meetings.set(pair, { has_met: has_met === 1, ...since })
    for (const { who, type } of this.#rows<{ who: string; type: Hiding }>('SELECT * FROM told')) room.told.set(who, type)
    for (const { user_id, until_ms } of this.#rows<{ user_id: string; until_ms: number }>('SELECT * FROM lingering'))
      room.lingering.set(user_id, until_ms)
    for (const { pair, ...span } of this.#rows<{ pair: string; from_ms: number; to_ms: number; saved_ms: number }>(
      'SELECT * FROM encounters ORDER BY from_ms',
    )) {
      room.encounters.set(pair, [...(room.encounters.get(pair) ?? []), { ...span, kept_ms: span.to_ms }])
    }
    for (const { who, ...span } of this.#rows<{ who: string; from_ms: number; to_ms: number; saved_ms: number }>('SELECT * FROM shown')) {
      room.shown.set(who, { ...span, kept_ms: span.to_ms })
    }
    return room
  }

  saveFacts(facts: RoomFacts): void {
    this.#facts = facts
    const { room_id, kind, ends_ms, ended_ms, is_muted, place } = facts
    this.#run(
      'INSERT OR REPLACE INTO room (only, room_id, kind, ends_ms, ended_ms, is_muted, place) VALUES (1, ?, ?, ?, ?, ?, ?)',
      room_id,
      kind,
      ends_ms,
      ended_ms,
      Number(is_muted),
      place && JSON.stringify({ lat: place.lat, lng: place.lng }),
    )
  }

  savePeople({ members, ended, apart }: RoomState): void {
    this.#storage.transactionSync(() => {
      this.#run('DELETE FROM members')
      for (const { user_id, nickname, is_host } of members.values())
        this.#run('INSERT INTO members VALUES (?, ?, ?, ?)', user_id, nickname, Number(is_host), Number(ended.has(user_id)))
      this.#run('DELETE FROM apart')
      for (const pair of apart) this.#run('INSERT INTO apart VALUES (?)', pair)
    })
  }

  saveSpot(userId: string, { lat, lng, timestamp, at_ms, said_ms }: Spot): void {
    this.#run('INSERT OR REPLACE INTO spots VALUES (?, ?, ?, ?, ?, ?)', userId, lat, lng, JSON.stringify(timestamp), at_ms, said_ms)
  }

  deleteSpot(userId: string): void {
    this.#run('DELETE FROM spots WHERE user_id = ?', userId)
  }

  /** Deletes all that says where somebody was. */
  deletePlaces(): void {
    this.#run('DELETE FROM spots')
    this.#run('DELETE FROM cells')
    this.#run('UPDATE room SET place = NULL')
  }

  saveCells(userId: string, { known, first }: HiddenCells): void {
    this.#run('INSERT OR REPLACE INTO cells VALUES (?, ?, ?)', userId, JSON.stringify(known), first && JSON.stringify(first))
  }

  saveMeeting(pair: string, { has_met, near_since_ms, apart_since_ms }: Meeting): void {
    this.#run('INSERT OR REPLACE INTO meetings VALUES (?, ?, ?, ?)', pair, Number(has_met), near_since_ms, apart_since_ms)
  }

  saveTold(who: string, type: Hiding): void {
    this.#run('INSERT OR REPLACE INTO told VALUES (?, ?)', who, type)
  }

  deleteTold(who: string): void {
    this.#run('DELETE FROM told WHERE who = ?', who)
  }

  saveLingering(userId: string, until_ms: number): void {
    this.#run('INSERT OR REPLACE INTO lingering VALUES (?, ?)', userId, until_ms)
  }

  deleteLingering(userId: string): void {
    this.#run('DELETE FROM lingering WHERE user_id = ?', userId)
  }

  saveEncounter(pair: string, span: Span): void {
    span.kept_ms = span.to_ms
    this.#run('INSERT OR REPLACE INTO encounters VALUES (?, ?, ?, ?)', pair, span.from_ms, span.to_ms, span.saved_ms)
  }

  saveShown(who: string, span: Span): void {
    span.kept_ms = span.to_ms
    this.#run('INSERT OR REPLACE INTO shown VALUES (?, ?, ?, ?)', who, span.from_ms, span.to_ms, span.saved_ms)
  }

  /** Answers whether the ticket had not been used before. */
  spendTicket(ticketId: string, { now_ms, until_ms }: { now_ms: number; until_ms: number }): boolean {
    this.#run('DELETE FROM spent_tickets WHERE until_ms < ?', now_ms)
    return this.#run('INSERT OR IGNORE INTO spent_tickets VALUES (?, ?) RETURNING 1', ticketId, until_ms).toArray().length > 0
  }

  loadTimers(): Map<string, number> {
    return new Map(
      this.#rows<{ name: string; due_ms: number }>('SELECT name, due_ms FROM timers').map(({ name, due_ms }) => [name, due_ms]),
    )
  }

  saveTimer(name: string, due_ms: number): void {
    this.#run('INSERT OR REPLACE INTO timers VALUES (?, ?)', name, due_ms)
  }

  deleteTimer(name: string): void {
    this.#run('DELETE FROM timers WHERE name = ?', name)
  }

  /** Deletes everything, the alarm included. */
  async vanish(): Promise<void> {
    this.#facts = null
    this.#isOpen = false
    await this.#storage.deleteAlarm()
    await this.#storage.deleteAll()
  }
}

const parsed = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T))
