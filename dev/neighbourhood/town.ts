import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate } from '../../src/core/time.ts'
import type { Actor } from '../../src/core/actor.ts'
import type { Deps } from '../../src/deps.ts'
import { type Random, randomFrom } from '../random.ts'
import { makeOwners, type Owner } from './owners.ts'

/** Something that happens in the town. It runs with a clock that shows `at`. */
export interface Act {
  readonly at: Date
  readonly run: (deps: Deps) => Promise<unknown>
}

/** The product has answered no, where it says so in an answer and throws nothing. */
export class Refused extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** What happens on one day in one domain. It must not depend on anything but the town and the day, because a day may be lived again up to a later hour. */
export type Domain = (town: Town, day: Day) => Act[] | Promise<Act[]>

/** A day of Seoul's calendar. */
export interface Day {
  readonly date: string
  /** The first day of the town is 0. */
  readonly index: number
  /** The instant at which a clock in Seoul shows so many hours, for example 7.5. */
  at(hours: number): Date
}

/** An owner who has joined, as the town knows them from their login. */
export interface Resident {
  readonly owner: Owner
  readonly actor: Actor
  readonly refresh_token: string
}

/** Takes a picture of somebody's pet. The same number takes the same picture. */
export type Camera = (owner: Owner, number: number) => Promise<Uint8Array<ArrayBuffer>>

export interface TownOptions {
  readonly seed?: number
  readonly owners?: number
  /** How many days it is about. Owners join within them. */
  readonly days?: number
  readonly first_day: string
  readonly camera: Camera
}

export interface Town {
  readonly seed: number
  readonly first_day: string
  readonly owners: readonly Owner[]
  readonly camera: Camera
  /** Those who have logged in, by the number of the owner. */
  readonly residents: Map<number, Resident>
  /** Owners who have joined before this day. */
  settled(day: Day): Owner[]
  resident(owner: Owner): Resident
  /** The same random numbers for the same words. */
  random(...of: (string | number)[]): Random
  /** The same id for the same words. */
  id(...of: (string | number)[]): string
}

/** Three months. */
export const TOWN_DAYS = 91

export function makeTown({ seed = 1, owners: count = 60, days = TOWN_DAYS, first_day, camera }: TownOptions): Town {
  const random = (...of: (string | number)[]) => randomFrom(hash([seed, ...of].join('/'), 0))
  const owners = makeOwners({ count, days }, random)
  const residents = new Map<number, Resident>()
  return {
    seed,
    first_day,
    owners,
    camera,
    residents,
    settled: ({ index }) => owners.filter((owner) => owner.joins < index && residents.has(owner.number)),
    resident(owner) {
      const resident = residents.get(owner.number)
      if (!resident) throw new Error(`${owner.nickname} has not logged in`)
      return resident
    },
    random,
    id: (...of) => uuidOf([seed, first_day, ...of].join('/')),
  }
}

export function dayOf(town: Pick<Town, 'first_day'>, date: string): Day {
  const midnight = fromSeoulDate(date).getTime()
  return {
    date,
    index: Math.round((midnight - fromSeoulDate(town.first_day).getTime()) / DAY_MS),
    at: (hours) => new Date(midnight + Math.round(hours * HOUR_MS)),
  }
}

/** The days that the time from `from` to `until` touches. */
export function daysBetween(town: Pick<Town, 'first_day'>, from: Date, until: Date): Day[] {
  const days: Day[] = []
  for (let at = fromSeoulDate(seoulDate(from)).getTime(); at < until.getTime(); at += DAY_MS)
    days.push(dayOf(town, seoulDate(new Date(at))))
  return days
}

/** FNV-1a of 32 bits. */
function hash(text: string, basis: number): number {
  let value = (0x811c9dc5 ^ basis) >>> 0
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0
  return value
}

/** Four hashes make an id, so that a hundred thousand ids do not meet. */
function uuidOf(text: string): string {
  const hex = [1, 2, 3, 4]
    .map((basis) =>
      hash(`${basis}${text}`, basis * 0x9e3779b1)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
