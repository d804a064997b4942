import { request } from './api.js'
import { Player } from './player.js'
import { Room } from './room.js'

export const HOME = { lat: 37.5006, lng: 127.0364 }
const ZONE_M = 200
/** An invitation is at least ten minutes ahead. */
const MEETING_MS = 15 * 60_000
/** A phone that has just come home. */
const LAST_FIX_MS = 60_000
/** Walks must not overlap, so a ride that will be refused is put at a time at which nobody walks here. */
const RIDE_MS = 13 * 3_600_000

/** One of the two owners: who they are, where their phone is, and what they know of the other. */
export class Owner {
  token = null
  me = null
  pet = null
  player = null
  walk = null
  completion = null
  invitation = null
  room = null
  zone = null
  isBlocking = false
  /** Whether the room shows this owner near home as well. */
  isShownEverywhere = false
  notifications = []
  ledger = []
  problem = null
  isBusy = false
  /** What the room has said about others, by id: {nickname, isHere, place: {lat, lng} | 'near_home' | 'on_the_way' | null}. */
  friends = new Map()
  #walks = 0

  /** `world`: speed(), seed, changed(), log(owner, direction, frame). `side` tells two phones on the same way apart. */
  constructor({ key, side, name, petName, world }) {
    Object.assign(this, { key, side, name, petName, world })
  }

  get position() {
    return this.player?.position ?? HOME
  }

  get isWalking() {
    return this.walk !== null
  }

  #call(method, path, body) {
    return request(method, path, { token: this.token, body })
  }

  /** Runs a button's action. A refusal is shown and never thrown. */
  async act(action) {
    if (this.isBusy) return
    this.isBusy = true
    this.problem = null
    this.world.changed()
    try {
      await action()
    } catch (error) {
      this.problem = error.message
    } finally {
      this.isBusy = false
      this.world.changed()
    }
  }

  async logIn(name) {
    const { access_token } = await request('POST', '/playground/login', { body: { name } })
    const login = await request('POST', '/auth/kakao', { body: { access_token, device: { name: '놀이터', platform: 'web' } } })
    this.token = login.access_token
    await this.#call(
      'POST',
      '/users/me/consents',
      ['service', 'privacy', 'location'].map((document) => ({ document, version: '2026-01-01', agreed: true })),
    )
    if (!login.user.has_nickname) await this.#chooseNickname(name)
    this.pet = (await this.#findPet()) ?? (await this.#call('POST', '/pets', { name: this.petName, species: 'dog', weight_kg: 4.2 }))
    await this.#call('PUT', '/users/me/location', HOME)
    const active = await this.#call('GET', '/walks/active')
    if (active) await this.#call('DELETE', `/walks/${active.id}`)
    this.me = await this.#call('GET', '/users/me')
    await this.#restorePrivacy()
    await this.#refreshBoth()
  }

  /** If the name is taken or refused, they keep the generated one. */
  async #chooseNickname(nickname) {
    const { available } = await this.#call('GET', `/users/nickname-check?nickname=${encodeURIComponent(nickname)}`)
    if (available) await this.#call('PATCH', '/users/me', { nickname })
  }

  async #findPet() {
    const { items } = await this.#call('GET', '/pets')
    return items[0] ?? null
  }

  async #restorePrivacy() {
    const { privacy_zone } = await this.#call('GET', '/users/me/settings')
    this.zone = privacy_zone
  }

  async startWalk(courseId) {
    const course = { id: courseId, seed: this.world.seed + this.#walks++ }
    const track = await this.#track(course, Date.now())
    this.walk = await this.#openWalk(track)
    this.course = course
    this.completion = null
    this.player = new Player(track.points, () => this.#moved())
    this.player.start(this.world.speed)
  }

  #moved() {
    this.room?.tell(this.position)
    if (this.player.isOver && this.isWalking) void this.act(() => this.completeWalk())
    this.world.changed()
  }

  async completeWalk() {
    this.player.stop()
    const { points } = this.player
    const { completion } = await this.#track(this.course, await this.#latestEnd(points.at(-1)[2] - points[0][2]))
    this.completion = await this.#call('POST', `/walks/${this.walk.id}/complete`, completion)
    this.walk = null
    await this.#refreshBoth()
  }

  /** Sends a whole ride as if it had been a walk. */
  async drive() {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const track = await this.#track({ id: 'car', seed }, Date.now() - RIDE_MS)
    const { id } = await this.#openWalk(track)
    this.completion = await this.#call('POST', `/walks/${id}/complete`, track.completion)
  }

  #openWalk({ points }) {
    const [lng, lat, startMs] = points[0]
    return this.#call('POST', '/walks', { pet_id: this.pet.id, started_at: new Date(startMs).toISOString(), lat, lng })
  }

  #track({ id, seed }, endMs) {
    const query = new URLSearchParams({ seed, side: this.side, ends_at: new Date(endMs).toISOString() })
    return request('GET', `/playground/tracks/${encodeURIComponent(id)}?${query}`)
  }

  /** A walk that is played faster than it was walked may begin before the last one was over. It is then put before that one. */
  async #latestEnd(lengthMs) {
    const { items } = await this.#call('GET', '/walks?limit=50')
    let end = Date.now() - LAST_FIX_MS
    for (const { started_at, ended_at } of items) {
      const [from, to] = [Date.parse(started_at), Date.parse(ended_at ?? started_at)]
      if (from < end && to > end - lengthMs) end = from - LAST_FIX_MS
    }
    return end
  }

  async invite(other) {
    await this.#call('POST', '/invitations', {
      invitee_ids: [other.me.id],
      scheduled_at: new Date(Date.now() + MEETING_MS).toISOString(),
      location_name: '집 앞',
      ...HOME,
      message: '같이 걸어요!',
    })
    await this.#refreshBoth()
  }

  async answer(status) {
    await this.#call('PATCH', `/invitations/${this.invitation.id}`, { status })
    await this.#refreshBoth()
  }

  async cancel() {
    await this.#call('DELETE', `/invitations/${this.invitation.id}`)
    await this.#refreshBoth()
  }

  join() {
    this.room?.leave()
    this.friends.clear()
    this.room = new Room({
      invitationId: this.invitation.id,
      token: this.token,
      on: { frame: (direction, frame) => this.#framed(direction, frame), change: () => this.world.changed() },
    })
  }

  #framed(direction, frame) {
    this.world.log(this, direction, frame)
    if (direction === 'out') return
    if (frame.type === 'snapshot') this.#enter(frame)
    else if (frame.type === 'presence') this.#friend(frame.user_id, { nickname: frame.nickname, isHere: frame.status === 'joined' })
    else if (frame.type === 'locations') for (const item of frame.items) this.#locate(item)
    else if (['location', 'near_home', 'on_the_way'].includes(frame.type)) this.#locate(frame)
    else if (frame.type === 'ended') this.#end(frame.user_id)
    else if (frame.type === 'close') this.friends.clear()
    this.world.changed()
  }

  #enter({ user_id: myId, members, items }) {
    this.friends.clear()
    // Whoever enters is hidden near home, also after a lost connection.
    this.isShownEverywhere = false
    for (const { user_id, nickname, is_here } of members) if (user_id !== myId) this.#friend(user_id, { nickname, isHere: is_here })
    for (const item of items) this.#locate(item)
    this.room.tell(this.position)
  }

  #locate({ type, user_id, lat, lng }) {
    if (user_id !== this.me.id) this.#friend(user_id, { place: type === 'location' ? { lat, lng } : type, isHere: true })
  }

  /** The end of one person's part, or of the whole room. */
  #end(id) {
    if (id === null) this.friends.clear()
    else if (id !== this.me.id) this.#friend(id, { isHere: false, place: null })
  }

  #friend(id, news) {
    this.friends.set(id, { nickname: '', isHere: false, place: null, ...this.friends.get(id), ...news })
  }

  leave() {
    this.room.leave()
    this.friends.clear()
  }

  end() {
    // Where somebody goes from an old position, the others are told late.
    this.room.tell(this.position)
    this.room.say({ type: 'end' })
  }

  reveal(on) {
    this.isShownEverywhere = on
    this.room.say({ type: 'show_near_home', on })
  }

  async block(other) {
    await this.#call('POST', `/blocks/${other.me.id}`)
    await this.#refreshBoth()
  }

  async unblock(other) {
    await this.#call('DELETE', `/blocks/${other.me.id}`)
    await this.#refreshBoth()
  }

  async hide() {
    this.zone = await this.#call('PUT', '/users/me/privacy-zone', { ...this.position, radius_m: ZONE_M })
  }

  async show() {
    await this.#call('DELETE', '/users/me/privacy-zone')
    this.zone = null
  }

  /** The two share invitations and walk side by side, so what one does may change what the other sees. */
  #refreshBoth() {
    return Promise.all([this.refresh(), this.other.refresh()])
  }

  /** Reloads what others, or time, may have changed. */
  async refresh() {
    if (!this.token) return
    const [invitations, blocks, notifications, ledger, walk] = await Promise.all([
      this.#call('GET', '/invitations'),
      this.#call('GET', '/blocks'),
      this.#call('GET', '/notifications?limit=8'),
      this.#call('GET', '/users/me/location-ledger?limit=5'),
      this.completion?.valid ? this.#call('GET', `/walks/${this.completion.walk.id}`) : null,
    ])
    this.invitation = invitations.items.find((invitation) => this.#isWithOther(invitation)) ?? null
    this.isBlocking = blocks.items.some(({ user }) => user.id === this.other.me?.id)
    this.notifications = notifications.items
    this.ledger = ledger.items
    if (walk) this.completion = { ...this.completion, walk }
  }

  #isWithOther({ inviter, invitees }) {
    return [inviter, ...invitees].some(({ id }) => id === this.other.me?.id)
  }
}
