import { request, Session } from './api.js'
import { Courses } from './courses/courses.js'
import { Home } from './home/home.js'
import { Meeting } from './meeting.js'
import { Meetups } from './meetups/meetups.js'
import { Outdoors } from './outdoors/outdoors.js'
import { Premium } from './premium.js'
import { Social } from './social.js'
import { HOME, Walking } from './walking.js'

const ZONE_M = 200
const SAVE_MS = 1_000
const CONSENTS = ['service', 'privacy', 'location'].map((document) => ({ document, version: '2026-01-01', agreed: true }))
const NOBODY = {
  me: null,
  pet: null,
  zone: null,
  isBlocking: false,
  notifications: [],
  unread: 0,
  ledger: [],
  record: null,
  problem: null,
  tab: 'walk',
}

/** One of the two owners: who they are, what they know, and what a press of a button does. */
export class Owner {
  isBusy = false
  #savedAt = 0

  /** `world`: speed(), nextSeed(), changed(), log(entry). `side` tells two phones on the same way apart. */
  constructor({ key, side, name, petName, world }) {
    Object.assign(this, { key, side, name, petName, world })
    this.#begin(null)
  }

  #begin(tokens) {
    Object.assign(this, NOBODY)
    this.session = new Session(this.key, tokens, (renewed) => (renewed ? this.save() : this.forget()))
    this.walking = new Walking(this)
    this.meeting = new Meeting(this)
    this.social = new Social(this)
    this.premium = new Premium(this)
    this.outdoors = new Outdoors(this)
    this.meetups = new Meetups(this)
    this.courses = new Courses(this)
    this.home = new Home(this)
  }

  /** A request as this owner. */
  call = (...request) => this.session.call(...request)

  changed() {
    this.world.changed()
  }

  /** Runs a button's action. A refusal is shown and never thrown. While one is running, others are dropped, unless they wait. */
  async act(action, { isWaiting = false } = {}) {
    if (this.isBusy && !isWaiting) return
    while (this.isBusy) await this.running
    this.isBusy = true
    this.problem = null
    this.changed()
    this.running = this.#run(action)
    await this.running
  }

  async #run(action) {
    try {
      await action()
    } catch (error) {
      this.fail(error)
    } finally {
      this.isBusy = false
      this.save()
      this.changed()
    }
  }

  fail({ status = null, code = null, message, fields = [] }) {
    this.problem = { status, code, message, fields }
    this.changed()
  }

  async logIn() {
    const { access_token: credential } = await request('POST', '/playground/login', {
      body: { name: this.name },
      key: this.key,
      isQuiet: true,
    })
    const body = { access_token: credential, device: { name: '놀이터', platform: 'web' } }
    const login = await request('POST', '/auth/kakao', { body, key: this.key })
    this.#begin({ access_token: login.access_token, refresh_token: login.refresh_token })
    this.save()
    await this.#enter(null)
  }

  /** The pet comes last, because it tells that all the rest is done. */
  async #onboard() {
    await this.call('POST', '/users/me/consents', CONSENTS)
    const { has_nickname } = await this.call('GET', '/users/me')
    if (!has_nickname) await this.#chooseNickname()
    await this.call('PUT', '/users/me/location', HOME)
    await this.call('POST', '/pets', { id: crypto.randomUUID(), name: this.petName, species: 'dog', weight_kg: 4.2 })
  }

  /** If the name is taken or refused, they keep the generated one. */
  async #chooseNickname() {
    const { available } = await this.call('GET', `/users/nickname-check?nickname=${encodeURIComponent(this.name)}`)
    if (available) await this.call('PATCH', '/users/me', { nickname: this.name })
  }

  async #findPet() {
    const { items } = await this.call('GET', '/pets')
    return items[0] ?? null
  }

  async #enter(saved) {
    if (!(await this.#findPet())) await this.#onboard()
    const [me, pet, { privacy_zone }, active] = await Promise.all([
      this.call('GET', '/users/me'),
      this.#findPet(),
      this.call('GET', '/users/me/settings'),
      this.call('GET', '/walks/active'),
    ])
    Object.assign(this, { me, pet, zone: privacy_zone })
    await this.walking.restore(saved?.walking, active)
  }

  /** What a reload brings back. */
  save() {
    this.#savedAt = performance.now()
    const { name, session, tab, problem, walking, meeting, premium } = this
    const state = session.tokens && {
      tokens: session.tokens,
      tab,
      problem,
      walking: walking.saved,
      isInRoom: meeting.isIn,
      date: meeting.date,
      held: premium.held,
    }
    sessionStorage.setItem(`playground.${this.key}`, JSON.stringify({ name, ...state }))
  }

  static saved(key) {
    return JSON.parse(sessionStorage.getItem(`playground.${key}`) ?? '{}')
  }

  async restore({ tokens, tab, problem, ...saved }) {
    this.#begin(tokens)
    this.premium.held = saved.held ?? {}
    try {
      await this.#enter(saved)
    } catch (error) {
      if (!this.session.tokens) return
      throw error
    }
    this.tab = tab
    await this.#refreshBoth()
    if (saved.isInRoom && saved.date) this.meeting.joinDate(saved.date)
    else if (saved.isInRoom && this.meeting.invitation?.room.is_open) this.meeting.join()
    this.problem = problem
  }

  async logOut() {
    await this.session.settled()
    await this.call('POST', '/auth/logout', {})
    this.forget()
  }

  forget() {
    this.walking.forget()
    this.meeting.leave()
    this.#begin(null)
    this.save()
    this.changed()
  }

  moved() {
    this.meeting.tell()
    if (performance.now() - this.#savedAt > SAVE_MS) this.save()
    this.changed()
  }

  async after(action) {
    await action
    await this.#refreshBoth()
  }

  complete() {
    return this.after(this.walking.complete())
  }

  async block() {
    await this.after(this.call('POST', `/blocks/${this.other.me.id}`))
  }

  async unblock() {
    await this.after(this.call('DELETE', `/blocks/${this.other.me.id}`))
  }

  async hide() {
    this.zone = await this.call('PUT', '/users/me/privacy-zone', { ...this.walking.position, radius_m: ZONE_M })
  }

  async show() {
    await this.call('DELETE', '/users/me/privacy-zone')
    this.zone = null
  }

  async readAll() {
    await this.call('POST', '/notifications/read-all')
    await this.refresh()
  }

  /** The two share invitations and walk side by side, so what one does may change what the other sees. */
  async #refreshBoth() {
    await Promise.all([this.refresh(), this.other.refresh()])
  }

  /** Reloads what others, or time, may have changed. Nobody has asked for it, so its requests are quiet. */
  async refresh() {
    if (!this.me) return
    const ask = (path) => this.call('GET', path, undefined, true)
    const [invitations, blocks, ledger] = await Promise.all([
      ask('/invitations'),
      ask('/blocks'),
      ask('/users/me/location-ledger?limit=5'),
      this.refreshNotifications(),
      this.walking.refresh(),
      this.tab === 'record' && this.refreshRecord(),
      this.tab === 'premium' && this.premium.read(true),
      this.tab === 'outdoors' && !this.outdoors.isRead && this.outdoors.read(true),
      this.tab === 'meetups' && !this.meetups.isRead && this.meetups.read(true),
      this.tab === 'courses' && !this.courses.isRead && this.courses.read(true),
      this.tab === 'home' && this.home.read(true),
      this.tab === 'feed' && this.social.items === null && this.social.read(),
    ])
    this.meeting.take(invitations.items)
    this.isBlocking = blocks.items.some(({ user }) => user.id === this.other.me?.id)
    this.ledger = ledger.items
  }

  /** What the other one, or time, may have changed while nobody pressed anything. */
  async poll() {
    // A phone that lies still says so too, because the room forgets old positions.
    this.meeting.tell()
    const [{ items }] = await Promise.all([
      this.call('GET', '/invitations', undefined, true),
      this.refreshNotifications(),
      this.tab === 'meetups' && this.meetups.isRead && this.meetups.readMine(),
    ])
    this.meeting.take(items)
  }

  async refreshNotifications() {
    const ask = (path) => this.call('GET', path, undefined, true)
    const [{ items }, { unread_count }] = await Promise.all([ask('/notifications?limit=8'), ask('/notifications/unread-count')])
    Object.assign(this, { notifications: items, unread: unread_count })
  }

  /** Streak, badges and the board. */
  async refreshRecord() {
    const ask = (path) => this.call('GET', path, undefined, true)
    const paths = ['/streak', '/badges/summary', '/badges/in-progress?limit=5', '/rankings?around=me&limit=5']
    const [streak, summary, badges, board] = await Promise.all(paths.map(ask))
    this.record = { streak, summary, badges, board }
  }
}
