import { AppError } from '../../src/core/errors.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/time.ts'
import type { Deps } from '../../src/deps.ts'
import { consume } from '../../src/queues.ts'
import { enqueueSchedule, schedule } from '../../src/schedule.ts'
import { admin } from './admin.ts'
import { courses } from './courses.ts'
import { archives } from './archives.ts'
import { crons } from './crons.ts'
import { favorites } from './favorites.ts'
import { grades } from './grades.ts'
import { home } from './home.ts'
import { imports } from './imports.ts'
import { invitations } from './invitations.ts'
import { meetups } from './meetups.ts'
import { moderation } from './moderation.ts'
import { notifications } from './notifications.ts'
import { payments } from './payments.ts'
import { pets } from './pets.ts'
import { photos } from './photos.ts'
import { recommendations } from './recommendations.ts'
import { riverside } from './riverside.ts'
import { social } from './social.ts'
import { statistics } from './statistics.ts'
import { subscriptions } from './subscriptions.ts'
import { type Act, daysBetween, type Domain, Refused, type Town } from './town.ts'
import { logIn, signedUpAt, users } from './users.ts'
import { Bank } from './vendors.ts'
import { openedMaps, walks } from './walks.ts'
import { weather } from './weather.ts'

/** What every domain does on a day. A new domain adds its own here. */
const domains: readonly Domain[] = [
  users,
  pets,
  weather,
  walks,
  imports,
  riverside,
  openedMaps,
  photos,
  favorites,
  invitations,
  meetups,
  social,
  recommendations,
  statistics,
  grades,
  home,
  moderation,
  subscriptions,
  courses,
  payments,
  notifications,
  archives,
  admin,
  crons,
]

/** An act, and a message, is tried this often, because a busy machine makes statements late. A moved clock has no later at which to try again. */
const ATTEMPTS = 5

export interface Lived {
  readonly acts: number
  /** How often the product said no, by its code. Neighbours do not know what a developer has changed meanwhile. */
  readonly refused: Readonly<Record<string, number>>
}

/**
 * Lets the town live from one instant up to another: each act runs through the product's own services, with a clock that shows its time. What an act puts on
 * a queue is done before the next. The same time can be lived again, because every request has an id of its own.
 */
export async function liveOn(
  town: Town,
  base: Deps,
  { from, until, say = () => {} }: { from: Date; until: Date; say?: (line: string) => void },
): Promise<Lived> {
  const life = new Life(town, base)
  // Those who have joined in a time that was lived before are known again when they log in.
  const earlier = town.owners.filter((owner) => signedUpAt(town, owner) < from && !town.residents.has(owner.number))
  for (const owner of earlier) await life.perform({ at: from, run: (deps) => logIn(town, deps, owner) })
  const days = daysBetween(town, from, until)
  for (const [k, day] of days.entries()) {
    const acts = (await Promise.all(domains.map((domain) => domain(town, day)))).flat()
    for (const act of acts.toSorted((a, b) => a.at.getTime() - b.at.getTime()))
      if (act.at >= from && act.at < until) await life.perform(act)
    if ((k + 1) % 7 === 0) say(`${k + 1} of ${days.length} days`)
  }
  // People without premium see what the last full hour has counted.
  const hour = new Date(Math.floor(until.getTime() / HOUR_MS) * HOUR_MS)
  if (hour >= from) await life.perform({ at: hour, run: (deps) => enqueueSchedule(Object.keys(schedule)[0]!, hour, deps) })
  return life.lived()
}

class Life {
  readonly #town: Town
  readonly #base: Deps
  readonly #bank = new Bank()
  #acts = 0
  readonly #refused = new Map<string, number>()

  constructor(town: Town, base: Deps) {
    this.#town = town
    this.#base = base
  }

  lived(): Lived {
    return { acts: this.#acts, refused: Object.fromEntries(this.#refused) }
  }

  async perform({ at, run }: Act): Promise<void> {
    const messages: { queue: string; body: unknown }[] = []
    const works: Promise<unknown>[] = []
    const queue = (name: string) =>
      ({
        sendBatch: async (batch: { body: unknown }[]) =>
          void messages.push(...batch.filter(({ body }) => !isInVain(body, at)).map(({ body }) => ({ queue: name, body }))),
      }) as unknown as Queue
    const own = {
      now: () => at,
      jobs: queue('jobs'),
      pushes: queue('pushes'),
      tasks: queue('tasks'),
      waitUntil: (work: Promise<unknown>) => void works.push(work),
      // Nobody is on a phone, and no room is open.
      wakeAt: async () => {},
      fcm: { send: async () => ({ outcome: 'sent' }) },
      rooms: { getByName: () => ({ recheck: async () => true }) },
      ...this.#bank.at(this.#town, this.#base, at),
    }
    const deps = Object.create(this.#base, Object.getOwnPropertyDescriptors(own)) as Deps
    this.#acts++
    await this.#tryTo(run, deps)
    for (;;) {
      await Promise.all(works.splice(0))
      const [message] = messages.splice(0, 1)
      if (!message) return
      await this.#deliver(message, deps)
    }
  }

  /** Any act can be repeated, as any request can. */
  async #tryTo(run: Act['run'], deps: Deps): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return void (await run(deps))
      } catch (error) {
        const code = codeOf(error)
        if (code !== null) return void this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1)
        if (attempt === ATTEMPTS) throw error
      }
    }
  }

  async #deliver({ queue, body }: { queue: string; body: unknown }, deps: Deps): Promise<void> {
    const id = crypto.randomUUID()
    for (let attempts = 1, isDone = false; !isDone && attempts <= ATTEMPTS; attempts++) {
      isDone = true
      const message = { id, body, attempts, timestamp: deps.now(), ack: () => {}, retry: () => void (isDone = false) }
      await consume({ queue, messages: [message] } as unknown as MessageBatch, deps)
      if (!isDone && attempts === ATTEMPTS)
        throw new Error(`a message of the queue ${queue} failed ${ATTEMPTS} times: ${JSON.stringify(body)}`)
    }
  }
}

/** Registers of places are read before anybody moves in (template.ts), and of the past KMA and AirKorea know nothing. */
function isInVain(body: unknown, at: Date): boolean {
  const { task = '' } = body as { task?: string }
  return task.startsWith('places.') || (task.startsWith('weather.') && at.getTime() < Date.now() - DAY_MS)
}

/** The code with which the product has said no, or `null` for a fault. */
function codeOf(error: unknown): string | null {
  if (error instanceof Refused) return error.code
  return error instanceof AppError && error.definition.status < 500 ? error.definition.code : null
}
