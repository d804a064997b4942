import { request } from './api.js'
import { Player } from './player.js'

export const HOME = { lat: 37.5006, lng: 127.0364 }
/** A phone that has just come home. */
const LAST_FIX_MS = 60_000

/** One owner's walk: the way, the phone on it, and what the server made of it. */
export class Walking {
  #owner
  /** How to send the completion again, as long as its answer is unknown. */
  #completing = null
  course = null
  walk = null
  player = null
  completion = null
  /** What the other owner is answered when they ask for this walk, once it is shared: {walk} or {refusal}. */
  seen = null
  card = null
  isDeleted = false

  constructor(owner) {
    this.#owner = owner
  }

  /** `starting` and `walking`, then `done`. */
  get phase() {
    if (this.completion) return 'done'
    if (this.walk) return 'walking'
    return this.course ? 'starting' : 'home'
  }

  get isUnderWay() {
    return this.phase === 'starting' || this.phase === 'walking'
  }

  get position() {
    return this.player?.position ?? HOME
  }

  /** What a reload needs to go on. */
  get saved() {
    const { course, walk, completion, card, isDeleted } = this
    const route = completion && { ...completion, walk: { ...completion.walk, route: null } }
    return { course, walk, completion: route, card, isDeleted, completing: this.#completing, seconds: this.player?.seconds ?? 0 }
  }

  /** `active` is the walk that the server knows of. */
  async restore(saved, active) {
    const isOn = Boolean(saved?.walk) && (active?.id === saved.walk.id || saved.completing !== null)
    if (active && !isOn) await this.#owner.call('DELETE', `/walks/${active.id}`)
    if (!saved?.course || (!isOn && !saved.completion)) return
    const { course, walk, completion, card, isDeleted, completing, seconds } = saved
    Object.assign(this, { course, walk, completion, card, isDeleted })
    this.#completing = completing
    await this.#lay(Date.now(), seconds)
    if (completing) await this.complete()
    else if (this.walk) this.player.start(this.#owner.world.speed)
  }

  async start(courseId) {
    const { other, world } = this.#owner
    const { course, isUnderWay } = other.walking
    // Two who start together walk side by side. The same track twice would be a replay.
    const seed = isUnderWay && course.seed !== this.course?.seed ? course.seed : world.nextSeed()
    this.forget()
    this.course = { id: courseId, seed }
    try {
      const { points } = await this.#track(Date.now())
      const lengthMs = points.at(-1)[2] - points[0][2]
      const from = this.#freeEnd(await this.#walks(), lengthMs) - lengthMs
      this.course.from = from
      const [lng, lat] = points[0]
      const body = { id: crypto.randomUUID(), pet_id: this.#owner.pet.id, started_at: new Date(from).toISOString(), lat, lng }
      this.walk = await this.#owner.call('POST', '/walks', body)
      await this.#lay(from + lengthMs, 0)
      this.player.start(world.speed)
    } catch (error) {
      this.forget()
      throw error
    }
  }

  forget() {
    this.player?.stop()
    this.#completing = null
    Object.assign(this, { course: null, walk: null, player: null, completion: null, seen: null, card: null, isDeleted: false })
  }

  async #lay(endMs, seconds) {
    const { points } = await this.#track(endMs)
    this.player = new Player(points, () => this.#moved())
    this.player.seek(seconds)
  }

  #moved() {
    this.#owner.moved()
    if (this.player.isOver && this.walk) void this.#owner.act(() => this.#owner.complete(), { isWaiting: true })
  }

  /** Sends what was walked so far, and no more. */
  async complete() {
    if (!this.walk) return
    this.player.stop()
    this.#completing ??= await this.#slot()
    this.#owner.save()
    const { endMs, count } = this.#completing
    const { completion } = await this.#track(endMs, count)
    try {
      this.completion = await this.#owner.call('POST', `/walks/${this.walk.id}/complete`, completion)
    } catch (error) {
      // Otherwise the answer is unknown, and the same request is sent again.
      if (error.status >= 400 && error.status < 500) this.#completing = null
      throw error
    }
    this.walk = null
    this.#completing = null
  }

  /** A walk that is played faster than it was walked may begin before the last one was over. It is then put where there was room when it began. */
  async #slot() {
    const { count, points } = this.player
    const lengthMs = points[count - 1][2] - points[0][2]
    // Two who walk side by side are at each place at the same time, also where one of them stops early. Otherwise one recording would be the other's replay.
    const leftMs = points.at(-1)[2] - points[count - 1][2]
    const earlyMs = leftMs * (1 - 1 / this.#owner.world.speed())
    const latest = this.#freeEnd(await this.#walks(), lengthMs) - earlyMs
    return { count, endMs: Math.max(latest, this.course.from + lengthMs) }
  }

  async #walks() {
    const { items } = await this.#owner.call('GET', '/walks?limit=50', undefined, true)
    return items.filter(({ id }) => id !== this.walk?.id)
  }

  /** The latest time at which a walk of that length ends before, or after, all others. `walks` are the newest first. */
  #freeEnd(walks, lengthMs) {
    let end = Date.now() - LAST_FIX_MS
    for (const { started_at, ended_at } of walks) {
      const [from, to] = [Date.parse(started_at), Date.parse(ended_at ?? started_at)]
      if (from < end && to > end - lengthMs) end = from - LAST_FIX_MS
    }
    return end
  }

  #track(endMs, count) {
    const { id, seed } = this.course
    const query = new URLSearchParams({ seed, side: this.#owner.side, ends_at: new Date(endMs).toISOString(), ...(count && { count }) })
    return request('GET', `/playground/tracks/${encodeURIComponent(id)}?${query}`, { key: this.#owner.key, isQuiet: true })
  }

  /** Asks for the walk anew: as its owner sees it, and as the other one does. */
  async refresh() {
    if (!this.completion || this.isDeleted) return
    const { id } = this.completion.walk
    const walk = await this.#owner.call('GET', `/walks/${id}`, undefined, true)
    this.completion = { ...this.completion, walk }
    this.seen = walk.shared_to_feed && this.#owner.other.me ? await this.#seenByOther(id) : null
  }

  async #seenByOther(id) {
    try {
      return { walk: await this.#owner.other.call('GET', `/walks/${id}`, undefined, true) }
    } catch (refusal) {
      return { refusal }
    }
  }

  async share(isShared) {
    const { walk } = this.completion
    walk.shared_to_feed = isShared
    try {
      await this.#owner.call('PATCH', `/walks/${walk.id}`, { shared_to_feed: isShared })
    } finally {
      await this.refresh()
    }
  }

  async remove() {
    await this.#owner.call('DELETE', `/walks/${this.completion.walk.id}`)
    this.isDeleted = true
  }

  async putBack() {
    await this.#owner.call('POST', `/walks/${this.completion.walk.id}/restore`)
    this.isDeleted = false
    await this.refresh()
  }

  /** A file of the person, or the photo that a phone would take. */
  async addPhoto(file) {
    const photo = file ?? (await (await fetch('/playground/photo.jpg')).blob())
    const form = new FormData()
    form.append('lat', String(this.position.lat))
    form.append('lng', String(this.position.lng))
    form.append('taken_at', new Date().toISOString())
    form.append('file', photo, file?.name ?? 'IMG_0001.jpg')
    await this.#owner.call('POST', `/upload/walk-photo/${this.completion.walk.id}`, form)
    await this.refresh()
  }

  async makeCard() {
    this.card = await this.#owner.call('POST', `/walks/${this.completion.walk.id}/share-card`)
  }
}
