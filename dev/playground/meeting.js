import { Room } from './room.js'
import { HOME } from './walking.js'

/** An invitation is at least ten minutes ahead. */
const MEETING_MS = 15 * 60_000

/** One owner's side of the invitation, and of the live room of the invitation or of a meetup. */
export class Meeting {
  #owner
  invitation = null
  room = null
  /** The date of a meetup whose room it is, or null for the invitation's. */
  date = null
  /** Whether the room shows this owner near home as well. */
  isShownEverywhere = false
  /** What the room has said about others, by id: {nickname, isHere, place: {lat, lng} | 'near_home' | 'on_the_way' | null}. */
  friends = new Map()

  constructor(owner) {
    this.#owner = owner
  }

  get isHost() {
    return this.invitation?.box === 'sent'
  }

  get isIn() {
    return this.room !== null && !this.room.isOver
  }

  async invite(other) {
    await this.#owner.call('POST', '/invitations', {
      id: crypto.randomUUID(),
      invitee_ids: [other.me.id],
      scheduled_at: new Date(Date.now() + MEETING_MS).toISOString(),
      location_name: '집 앞',
      ...HOME,
      message: '같이 걸어요!',
    })
  }

  answer(status) {
    return this.#owner.call('PATCH', `/invitations/${this.invitation.id}`, { status })
  }

  cancel() {
    return this.#owner.call('DELETE', `/invitations/${this.invitation.id}`)
  }

  take(invitations) {
    this.invitation = invitations.find(({ inviter, invitees }) => [inviter, ...invitees].some(({ id }) => id === this.#owner.other.me?.id))
    this.invitation ??= null
  }

  join() {
    this.date = null
    this.#open({ id: this.invitation.id, body: { invitation_id: this.invitation.id } })
  }

  joinDate(date) {
    this.date = date
    this.#open({ id: date.occurrence_id, body: { occurrence_id: date.occurrence_id } })
  }

  #open(which) {
    this.room?.leave()
    this.friends.clear()
    this.room = new Room({
      ...which,
      call: this.#owner.call,
      on: { frame: (direction, frame) => this.#framed(direction, frame), change: () => this.#owner.changed() },
    })
  }

  #framed(direction, frame) {
    this.#owner.world.log({ kind: 'frame', key: this.#owner.key, direction, at: Date.now(), frame })
    if (direction === 'out') return
    if (frame.type === 'snapshot') this.#enter(frame)
    else if (frame.type === 'presence') this.#friend(frame.user_id, { nickname: frame.nickname, isHere: frame.status === 'joined' })
    else if (frame.type === 'locations') for (const item of frame.items) this.#locate(item)
    else if (['location', 'near_home', 'on_the_way'].includes(frame.type)) this.#locate(frame)
    else if (frame.type === 'ended') this.#end(frame.user_id)
    else if (frame.type === 'close') this.friends.clear()
    this.#owner.changed()
  }

  #enter({ user_id: myId, members, items }) {
    this.friends.clear()
    // Whoever enters is hidden near home, also after a lost connection.
    this.isShownEverywhere = false
    for (const { user_id, nickname, is_here } of members) if (user_id !== myId) this.#friend(user_id, { nickname, isHere: is_here })
    for (const item of items) this.#locate(item)
    this.tell()
  }

  #locate({ type, user_id, lat, lng }) {
    if (user_id !== this.#owner.me.id) this.#friend(user_id, { place: type === 'location' ? { lat, lng } : type, isHere: true })
  }

  /** The end of one person's part, or of the whole room. */
  #end(id) {
    if (id === null) this.friends.clear()
    else if (id !== this.#owner.me.id) this.#friend(id, { isHere: false, place: null })
  }

  #friend(id, news) {
    this.friends.set(id, { nickname: '', isHere: false, place: null, ...this.friends.get(id), ...news })
  }

  tell() {
    this.room?.tell(this.#owner.walking.position)
  }

  leave() {
    this.room?.leave()
    this.friends.clear()
  }

  end() {
    // Where somebody goes from an old position, the others are told late.
    this.tell()
    this.room.say({ type: 'end' })
  }

  reveal(on) {
    this.isShownEverywhere = on
    this.room.say({ type: 'show_near_home', on })
  }
}
