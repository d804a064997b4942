const TICK_MS = 100

/** Plays a recorded track, faster than it was walked. */
export class Player {
  #onMove
  #at
  #index = 0
  #timer
  points
  seconds = 0

  /** `points` are [lng, lat, Unix ms] in the order of time. */
  constructor(points, onMove) {
    Object.assign(this, { points })
    this.#onMove = onMove
  }

  /** The number of points played, the present one included. */
  get count() {
    return this.#index + 1
  }

  get position() {
    const [lng, lat] = this.points[this.#index]
    return { lng, lat }
  }

  get share() {
    return Math.min(1, this.seconds / this.length)
  }

  get isOver() {
    return this.#index === this.points.length - 1
  }

  get length() {
    return (this.points.at(-1)[2] - this.points[0][2]) / 1_000
  }

  /** `speed()` is called at every tick, so that it may change on the way. */
  start(speed) {
    this.#at = performance.now()
    this.#timer = setInterval(() => this.#move(speed()), TICK_MS)
  }

  stop() {
    clearInterval(this.#timer)
  }

  seek(seconds) {
    this.seconds = Math.min(this.length, seconds)
    const until = this.points[0][2] + 1_000 * this.seconds
    while (!this.isOver && this.points[this.#index + 1][2] <= until) this.#index++
  }

  // A tab in the background ticks less often, so the elapsed time counts.
  #move(speed) {
    const now = performance.now()
    this.seek(this.seconds + (speed * (now - this.#at)) / 1_000)
    this.#at = now
    if (this.isOver) this.stop()
    this.#onMove()
  }
}
