import { decode, encode } from './polyline.js'

/** How wide the map is, in degrees of latitude. */
const SPANS = { near: 0.03, town: 0.08 }
const ZOOMS = { near: 15, town: 14 }
const WIDER = 1.25
/** What a course can lie between. */
const PARKS = 'park,dog_run,beach,mountain'

/** Courses around an owner, their own and their favourites, and the heat map below them. */
export class Courses {
  #owner
  span = 'town'
  /** `around`, `mine` or `favorites`. */
  listed = 'around'
  items = null
  box = null
  places = []
  heat = null
  isHeatShown = false
  /** Corners that were pressed on the map. */
  drawn = []
  chosenId = null
  from = null
  to = null
  /** What others would see of the course with that id. */
  preview = null

  constructor(owner) {
    this.#owner = owner
  }

  get isRead() {
    return this.items !== null
  }

  get chosen() {
    return this.items?.find(({ id }) => id === this.chosenId) ?? null
  }

  /** The way that the owner has walked here. */
  get walkId() {
    const { completion, isDeleted } = this.#owner.walking
    return completion?.valid !== false && !isDeleted ? (completion?.walk.id ?? null) : null
  }

  #ask(path, isQuiet) {
    return this.#owner.call('GET', path, undefined, isQuiet)
  }

  async read(isQuiet = false) {
    const { lat, lng } = this.#owner.walking.position
    const high = SPANS[this.span] / 2
    const wide = (high * WIDER) / Math.cos((lat * Math.PI) / 180)
    const box = { west: lng - wide, south: lat - high, east: lng + wide, north: lat + high }
    const bbox = Object.values(box)
      .map((side) => side.toFixed(5))
      .join()
    const lists = {
      around: `/courses?bbox=${bbox}`,
      mine: '/courses?filter=mine&limit=50',
      favorites: '/courses?filter=favorites&limit=50',
    }
    const [{ items }, { items: places }, heat] = await Promise.all([
      this.#ask(lists[this.listed], isQuiet),
      this.#ask(`/places?bbox=${bbox}&category=${PARKS}`, isQuiet),
      this.isHeatShown ? this.#ask(`/map/heatmap?bbox=${bbox}&zoom=${ZOOMS[this.span]}`, isQuiet) : null,
    ])
    const courses = items.map((course) => ({ ...course, line: course.polyline === null ? [] : decode(course.polyline) }))
    Object.assign(this, { box, items: courses, places: places.filter((place) => place.lat !== null), heat })
    this.from = this.places.find(({ id }) => id === this.from)?.id ?? this.places[0]?.id ?? null
    this.to = this.places.find(({ id }) => id === this.to)?.id ?? this.places.at(-1)?.id ?? null
  }

  show(listed) {
    this.listed = listed
    return this.read()
  }

  zoom(span) {
    this.span = span
    return this.read()
  }

  toggleHeat() {
    this.isHeatShown = !this.isHeatShown
    return this.read()
  }

  choose(id) {
    Object.assign(this, { chosenId: this.chosenId === id ? null : id, preview: null })
  }

  async #change(...call) {
    try {
      return await this.#owner.call(...call)
    } finally {
      const { other } = this.#owner
      await Promise.all([this.read(true), other.me && other.courses.isRead && other.courses.read(true)])
    }
  }

  /** `of` is what the course is made of: the walk, the corners on the map, or the two places. */
  async make({ name, of }) {
    const ends = [this.from, this.to].map((id) => this.places.find((place) => place.id === id)).filter(Boolean)
    const way =
      of === 'walk' ? { walk_id: this.walkId } : { route_encoded: { polyline: encode(of === 'drawn' ? this.drawn : ends), precision: 5 } }
    const { id } = await this.#change('POST', '/courses', { id: crypto.randomUUID(), name, ...way })
    Object.assign(this, { chosenId: id, drawn: [], preview: null })
  }

  async remove() {
    await this.#change('DELETE', `/courses/${this.chosenId}`)
    this.chosenId = null
  }

  async look() {
    this.preview = null
    const shown = await this.#ask(`/courses/${this.chosenId}/preview?from_place_id=${this.from}&to_place_id=${this.to}`)
    this.preview = { ...shown, line: decode(shown.polyline) }
  }

  async publish() {
    await this.#change('PUT', `/courses/${this.chosenId}/publication`, { from_place_id: this.from, to_place_id: this.to })
    this.preview = null
  }

  withdraw() {
    return this.#change('DELETE', `/courses/${this.chosenId}/publication`)
  }

  toggleFavorite({ id, is_favorite }) {
    return this.#change(is_favorite ? 'DELETE' : 'PUT', `/courses/${id}/favorite`)
  }
}
