import { request } from '../api.js'
import { KINDS } from './kinds.js'
import { HOME_WARNING, KNOBS } from './knobs.js'

/** How wide the map is, in degrees of latitude. */
const SPANS = { near: 0.03, town: 0.12, city: 0.6 }
const WIDER = 1.25
const AROUND_M = 3_000
const LISTED = 5
/** What the jobs read passes through a queue. */
const SOON_MS = 1_200
/** As KMA writes it. */
const LIFTED = '2'
/** So long the server takes to read a cell. */
const READ_MS = 700

/** The weather where an owner is, what it means for their pets, and the places around them. */
export class Outdoors {
  #owner
  weather = null
  /** Of each pet: {pet, hours}. */
  paws = []
  /** Whose hour is told in words. */
  petId = null
  hazards = null
  span = 'near'
  /** Kinds that are hidden. */
  hidden = new Set()
  around = { items: [], clusters: [], box: null }
  /** `near`, `favorite` or `found`. */
  listed = 'near'
  list = null
  query = ''

  constructor(owner) {
    this.#owner = owner
  }

  get isRead() {
    return this.list !== null
  }

  #ask(path, isQuiet) {
    return this.#owner.call('GET', path, undefined, isQuiet)
  }

  /** What could be read is shown, also when something else could not. */
  async read(isQuiet = false) {
    const readings = [this.#readWeather(isQuiet), this.#readPaws(isQuiet), this.#readAround(isQuiet), this.#readList(isQuiet)]
    const [refused] = (await Promise.allSettled(readings)).filter(({ status }) => status === 'rejected')
    this.list ??= { items: [], next: null, sources: [] }
    if (refused) throw refused.reason
  }

  get #place() {
    const { lat, lng } = this.#owner.walking.position
    return `lat=${lat.toFixed(5)}&lng=${lng.toFixed(5)}`
  }

  async #readWeather(isQuiet) {
    this.weather = null
    const ask = () => this.#ask(`/weather?${this.#place}`, isQuiet)
    const first = await ask()
    this.weather = first
    if (!first.stale) return
    // It is read anew behind the answer.
    await new Promise((resolve) => setTimeout(resolve, READ_MS))
    this.weather = await ask()
  }

  async #readPaws(isQuiet) {
    const { items } = await this.#ask('/pets', isQuiet)
    const forecasts = items.map(({ id }) => this.#ask(`/pets/${id}/paw-index?${this.#place}&hours=13`, isQuiet))
    const known = await Promise.all(forecasts)
    this.paws = items.map((pet, k) => ({ pet, hours: known[k].hours }))
    this.petId = this.paws.find(({ pet }) => pet.id === this.petId)?.pet.id ?? items[0]?.id ?? null
  }

  /** What the map shows. */
  async #readAround(isQuiet) {
    const { lat, lng } = this.#owner.walking.position
    const high = SPANS[this.span] / 2
    const wide = (high * WIDER) / Math.cos((lat * Math.PI) / 180)
    const box = { west: lng - wide, south: lat - high, east: lng + wide, north: lat + high }
    const bbox = Object.values(box)
      .map((side) => side.toFixed(5))
      .join()
    const [places, hazards] = await Promise.all([
      this.#kinds === '' ? { items: [], clusters: [] } : this.#ask(`/places?bbox=${bbox}&category=${this.#kinds}`, isQuiet),
      this.#ask(`/map/hazards?bbox=${bbox}`, isQuiet),
    ])
    Object.assign(this, { around: { ...places, box }, hazards })
  }

  get #kinds() {
    return Object.keys(KINDS)
      .filter((kind) => !this.hidden.has(kind))
      .join()
  }

  async #readList(isQuiet, page = null) {
    const query = {
      near: `/places?${this.#place}&radius_m=${AROUND_M}&limit=${LISTED}&category=${this.#kinds}${page ? `&cursor=${page}` : ''}`,
      favorite: `/places?favorite=true&limit=${LISTED}${page ? `&cursor=${page}` : ''}`,
      found: `/places/search?q=${encodeURIComponent(this.query)}&${this.#place}${page ? `&page=${page}` : ''}`,
    }[this.listed]
    if (this.listed === 'near' && this.#kinds === '') return void (this.list = { items: [], next: null, sources: [] })
    const answer = await this.#ask(query, isQuiet)
    const before = page ? this.list.items : []
    this.list = {
      items: [...before, ...answer.items],
      next: answer.next_cursor ?? answer.next_page ?? null,
      isPartial: answer.partial ?? false,
      radius_m: answer.radius_m_used ?? null,
      sources: answer.sources,
    }
  }

  readMore() {
    return this.#readList(false, this.list.next)
  }

  show(listed) {
    this.listed = listed
    return this.#readList()
  }

  search(query) {
    Object.assign(this, { query, listed: 'found' })
    return this.#readList()
  }

  zoom(span) {
    this.span = span
    return this.#readAround()
  }

  async toggleKind(kind) {
    if (!this.hidden.delete(kind)) this.hidden.add(kind)
    await Promise.all([this.#readAround(), this.listed === 'near' && this.#readList()])
  }

  async toggleFavorite({ id, is_favorite }) {
    await this.#owner.call(is_favorite ? 'DELETE' : 'PUT', `/places/${id}/favorite`)
    await Promise.all([this.#readAround(true), this.#readList(true)])
  }

  #sim(method, path, body) {
    return request(method, `/playground/sim/${path}`, { body, key: this.#owner.key })
  }

  /** A warning that was issued ends with another, as KMA's do. */
  async #liftWarning() {
    const { warnings } = await this.#sim('GET', 'weather')
    const last = warnings.findLast(({ areaCode }) => areaCode === HOME_WARNING.areaCode)
    if (last && last.command !== LIFTED) await this.#sim('POST', 'weather/warnings', { ...HOME_WARNING, command: 'lifted' })
  }

  /** Makes the weather at the vendors, lets an hour pass for what the server has read, and runs the jobs that read warnings and the air. */
  async setWeather(name) {
    for (const path of ['weather/rules', 'faults']) await this.#sim('DELETE', path)
    await this.#liftWarning()
    await this.#sim('POST', 'kakao/local', {})
    for (const [path, body] of KNOBS[name].asks) await this.#sim('POST', path, body)
    await this.#sim('POST', 'weather/hour')
    this.#owner.world.weather = name
    await this.read(true).catch(() => {})
    await request('GET', '/cdn-cgi/local/scheduled?cron=0+*+*+*+*', { key: this.#owner.key, isQuiet: true })
    await new Promise((resolve) => setTimeout(resolve, SOON_MS))
    await this.read()
  }
}
