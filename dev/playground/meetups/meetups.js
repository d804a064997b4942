const NEAR_M = 10_000
const LISTED = 20
/** A meetup begins at least so far ahead, and its live room opens so long before. */
const SOON_MS = 30 * 60_000
const WAITING_MS = 2 * 3_600_000
const FRIENDS = 5

/** Whether the live room of a date may be entered. */
export const isRoomOpen = ({ my_status, is_cancelled, starts_at, ends_at }) =>
  my_status === 'going' && !is_cancelled && Date.parse(starts_at) - SOON_MS <= Date.now() && Date.now() < Date.parse(ends_at)

/** Whether nobody waits for a seat any more. */
export const isWaitingOver = ({ starts_at }) => Date.parse(starts_at) - WAITING_MS <= Date.now()

/** Meetups around an owner and their own, and whom they may like to follow. */
export class Meetups {
  #owner
  mine = []
  near = null
  next = null
  /** A pet's size, or all. */
  size = ''
  /** The date whose people are shown, and the people. */
  opened = null
  people = []
  friends = []

  constructor(owner) {
    this.#owner = owner
  }

  get isRead() {
    return this.near !== null
  }

  #ask(path, isQuiet) {
    return this.#owner.call('GET', path, undefined, isQuiet)
  }

  async read(isQuiet = false) {
    await Promise.all([this.readMine(isQuiet), this.#readNear(isQuiet), this.#readFriends(isQuiet)])
  }

  /** What others may have changed. */
  async readMine(isQuiet = true) {
    const [hosting, going] = await Promise.all(
      ['hosting', 'going'].map((mine) => this.#ask(`/meetups?mine=${mine}&limit=${LISTED}`, isQuiet)),
    )
    const dates = [...hosting.items, ...going.items].filter(({ is_cancelled }) => !is_cancelled)
    this.mine = dates.toSorted((a, b) => a.starts_at.localeCompare(b.starts_at))
    // What was open may be hidden from the owner by now.
    if (this.opened) await this.#readPeople(isQuiet).catch(() => (this.opened = null))
  }

  async #readNear(isQuiet, cursor = null) {
    const size = this.size && `&size=${this.size}`
    const after = cursor ? `&cursor=${cursor}` : ''
    const { items, next_cursor } = await this.#ask(`/meetups?radius_m=${NEAR_M}&limit=${LISTED}${size}${after}`, isQuiet)
    this.near = cursor ? [...this.near, ...items] : items
    this.next = next_cursor
  }

  async #readFriends(isQuiet) {
    const { items } = await this.#ask('/recommendations', isQuiet)
    this.friends = items.slice(0, FRIENDS)
  }

  async #readPeople(isQuiet) {
    const { meetup, occurrence_id } = this.opened
    const { items } = await this.#ask(`/meetups/${meetup.id}/participants?occurrence_id=${occurrence_id}`, isQuiet)
    this.people = items
  }

  readMore() {
    return this.#readNear(false, this.next)
  }

  showSize(size) {
    this.size = size
    return this.#readNear(false)
  }

  async open(date) {
    this.opened = this.opened?.occurrence_id === date.occurrence_id ? null : date
    this.people = []
    if (this.opened) await this.#readPeople(false)
  }

  /** Changes something, and shows both owners what is so then. */
  async #change(...call) {
    const { other } = this.#owner
    try {
      await this.#owner.call(...call)
    } finally {
      await Promise.all([this.read(true), other.me && other.meetups.isRead && other.meetups.read(true)])
    }
  }

  join({ meetup, occurrence_id }) {
    return this.#change('POST', `/meetups/${meetup.id}/join`, { occurrence_id })
  }

  leave({ meetup, occurrence_id }) {
    return this.#change('DELETE', `/meetups/${meetup.id}/join?occurrence_id=${occurrence_id}`)
  }

  cancel({ meetup, occurrence_id }) {
    return this.#change('DELETE', `/meetups/${meetup.id}?occurrence_id=${occurrence_id}`)
  }

  /** The host answers who has asked, or says who came. */
  decide({ user }, change) {
    const { meetup, occurrence_id } = this.opened
    return this.#change('PATCH', `/meetups/${meetup.id}/participants/${user.id}`, { occurrence_id, ...change })
  }

  remove({ user }) {
    return this.#change('DELETE', `/meetups/${this.opened.meetup.id}/participants/${user.id}`)
  }

  make({ title, category, when, seats, isWeekly, isAsked }) {
    const { lat, lng } = this.#owner.walking.position
    return this.#change('POST', '/meetups', {
      id: crypto.randomUUID(),
      title,
      category,
      location_name: '집 앞',
      lat,
      lng,
      scheduled_at: new Date(Date.now() + (when === 'soon' ? SOON_MS : Number(when) * 86_400_000)).toISOString(),
      max_participants: seats,
      approval: isAsked ? 'manual' : 'auto',
      ...(isWeekly && { recurrence_rule: 'FREQ=WEEKLY' }),
    })
  }

  follow({ user }) {
    return this.#change('POST', `/follows/${user.id}`)
  }

  dismiss({ user }) {
    return this.#change('POST', `/recommendations/${user.id}/dismiss`)
  }
}
