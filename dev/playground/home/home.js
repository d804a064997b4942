import { decode } from '../courses/polyline.js'

/** The first screen, as the one request tells it. */
export class Home {
  #owner
  /** Null until it has been read. */
  page = null

  constructor(owner) {
    this.#owner = owner
  }

  get isRead() {
    return this.page !== null
  }

  /** `GET /home` at the point where the phone is. */
  async read(isQuiet = false) {
    const { lat, lng } = this.#owner.walking.position
    const page = await this.#owner.call('GET', `/home?lat=${lat.toFixed(5)}&lng=${lng.toFixed(5)}`, undefined, isQuiet)
    const withLine = ({ route_polyline, ...walk }) => ({ ...walk, line: route_polyline === null ? [] : decode(route_polyline) })
    this.page = { ...page, recent_walks: page.recent_walks?.map(withLine) ?? null }
  }
}
