import { Refused } from './api.js'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000
/** Networks drop a connection that is silent for too long. */
const PING_MS = 25_000
/** The room takes two positions a second. */
const POSITION_MS = 600

/** What the room's close codes mean to the person. */
const CLOSED = {
  1000: '함께 걷기를 끝냈어요',
  4001: '입장권이 맞지 않아요',
  4002: '열려 있는 방이 아니에요',
  4003: '더 이상 함께할 수 없어요',
  4008: '너무 많이 보내서 끊겼어요',
  4009: '다른 화면에서 들어갔어요',
}

/** One owner's connection to a live room. It reconnects by itself when the line breaks, and not when the room has closed it with a reason. */
export class Room {
  #id
  #body
  #call
  #on
  #socket
  #timer
  #pings
  #failures = 0
  #isLeft = false
  #sentAt = -Infinity
  state = 'connecting'
  message = '연결하는 중이에요'

  /** `body` asks for the ticket of the room `id`. `call` makes requests as the owner. `on.frame(direction, frame)` gets every frame, and `on.change()` every change of the connection. */
  constructor({ id, body, call, on }) {
    this.#id = id
    this.#body = body
    this.#call = call
    this.#on = on
    void this.#connect()
  }

  get isOpen() {
    return this.state === 'open'
  }

  get isOver() {
    return this.state === 'closed'
  }

  say(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    this.#socket.send(JSON.stringify(frame))
    this.#on.frame('out', frame)
  }

  /** Sends the phone's position, as often as the room allows. */
  tell({ lat, lng }) {
    const now = performance.now()
    if (!this.isOpen || now - this.#sentAt < POSITION_MS) return
    this.#sentAt = now
    this.say({ type: 'location', lat, lng, timestamp: Date.now() })
  }

  /** Leaves the room without ending one's part, so that one can come back. */
  leave() {
    this.#isLeft = true
    clearTimeout(this.#timer)
    this.#socket?.close(1000)
    this.#become('closed', '방에서 나왔어요')
  }

  async #connect() {
    this.#become('connecting', '연결하는 중이에요')
    const ticket = await this.#takeTicket()
    if (!ticket || this.#isLeft) return
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/walk-together/${this.#id}`, ['ticket', ticket])
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(data)))
    socket.addEventListener('close', ({ code }) => this.#part(code))
  }

  async #takeTicket() {
    try {
      const { ticket } = await this.#call('POST', '/ws/tickets', this.#body)
      return ticket
    } catch (error) {
      if (error instanceof Refused && error.status >= 400 && error.status < 500) this.#become('closed', error.message)
      else this.#retry()
      return null
    }
  }

  #hear(frame) {
    if (this.#isLeft) return
    if (frame.type === 'snapshot') {
      this.#failures = 0
      this.#pings ??= setInterval(() => this.say({ type: 'ping' }), PING_MS)
      this.#become('open', '함께 걷는 중이에요')
    }
    this.#on.frame('in', frame)
  }

  #part(code) {
    clearInterval(this.#pings)
    this.#pings = undefined
    if (this.#isLeft) return
    this.#on.frame('in', { type: 'close', code })
    if (code === 1000 || code >= 4000) this.#become('closed', `${CLOSED[code] ?? '방이 닫혔어요'} (${code})`)
    else this.#retry()
  }

  #retry() {
    if (this.#isLeft) return
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++)
    this.#become('connecting', `연결이 끊겨 ${pause / 1_000}초 뒤에 다시 들어가요`)
    this.#timer = setTimeout(() => this.#connect(), pause)
  }

  #become(state, message) {
    this.state = state
    this.message = message
    this.#on.change()
  }
}
