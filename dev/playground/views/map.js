import { html } from 'htm/preact'
import { HOME } from '../walking.js'

const METRES_PER_DEGREE = 111_320
const PER_LNG = METRES_PER_DEGREE * Math.cos((HOME.lat * Math.PI) / 180)
const MARGIN_PX = 40
/** The smallest view, so that a street corner does not fill the whole map. */
const LEAST_M = 320
/** Every so many points of a line are looked at where a name is placed. */
const LINE_STEP = 8

const east = ({ lng }) => (lng - HOME.lng) * PER_LNG
const north = ({ lat }) => (lat - HOME.lat) * METRES_PER_DEGREE
const placeOf = ([lng, lat]) => ({ lng, lat })

/** Both owners' lines and phones, and what each is shown of the other. There is no background map. */
export function Map({ owners, size }) {
  const view = fit(owners, size)
  return html`<svg class="map" viewBox=${`0 0 ${size.width} ${size.height}`} role="img" aria-label="두 보호자의 산책 경로">
    ${grid(view)} ${owners.map((owner) => zoneOf(owner, view))}
    <path class="home" d=${homeAt(view)} />
    ${owners.map((owner) => linesOf(owner, view))} ${owners.map((owner) => marksOf(owner, view))} ${labelsOf(owners, view)}
    ${scaleBar(view)}
  </svg>`
}

/** The view that shows everything, centred and as large as possible. */
function fit(owners, { width, height }) {
  const places = [HOME, ...owners.flatMap(({ zone, walking }) => [...wayOf(walking).map(placeOf), ...(zone ? corners(zone) : [])])]
  const [x, y] = [places.map(east), places.map(north)]
  const [west, south, right, top] = [least(x), least(y), most(x), most(y)]
  const spanX = Math.max(LEAST_M, right - west)
  const spanY = Math.max(LEAST_M, top - south)
  const scale = Math.min((width - 2 * MARGIN_PX) / spanX, (height - 2 * MARGIN_PX) / spanY)
  return {
    width,
    height,
    scale,
    x: (place) => width / 2 + (east(place) - (west + right) / 2) * scale,
    y: (place) => height / 2 - (north(place) - (south + top) / 2) * scale,
  }
}

// A loop, because a long walk would be too many arguments for Math.min.
const least = (values) => values.reduce((low, value) => Math.min(low, value), Infinity)
const most = (values) => values.reduce((high, value) => Math.max(high, value), -Infinity)

/** The whole way as long as it is walked, and afterwards only what was walked. */
function wayOf({ player, phase }) {
  if (!player) return []
  return phase === 'done' ? player.points.slice(0, player.count) : player.points
}

function corners({ lat, lng, radius_m }) {
  const [dLat, dLng] = [radius_m / METRES_PER_DEGREE, radius_m / PER_LNG]
  return [
    { lat: lat - dLat, lng: lng - dLng },
    { lat: lat + dLat, lng: lng + dLng },
  ]
}

/** The cells of the grid are as wide as the scale bar is long. */
function grid(view) {
  const step = barLength(view) * view.scale
  const from = (start, end) => Array.from({ length: Math.ceil((end - start) / step) }, (_, i) => start + i * step)
  return [
    ...from(view.x(HOME) % step, view.width).map((x) => html`<line class="grid" x1=${x} x2=${x} y1="0" y2=${view.height} />`),
    ...from(view.y(HOME) % step, view.height).map((y) => html`<line class="grid" x1="0" x2=${view.width} y1=${y} y2=${y} />`),
  ]
}

const homeAt = (view) => `M${view.x(HOME) - 7} ${view.y(HOME) + 6}v-7l7 -6l7 6v7z`

function zoneOf({ key, zone }, view) {
  return zone && html`<circle class="zone ${key}" cx=${view.x(zone)} cy=${view.y(zone)} r=${zone.radius_m * view.scale} />`
}

function linesOf({ key, walking }, view) {
  const { player, phase } = walking
  if (!player) return null
  const line = (points) => points.map((point) => `${view.x(placeOf(point)).toFixed(1)},${view.y(placeOf(point)).toFixed(1)}`).join(' ')
  return html`${phase !== 'done' && html`<polyline class="ahead ${key}" points=${line(player.points)} />`}
    <polyline class="walked ${key}" points=${line(player.points.slice(0, player.count))} />`
}

/** Two phones at the same place stand beside each other. */
function phoneAt({ walking, other, side }, view) {
  const [x, y] = [view.x(walking.position), view.y(walking.position)]
  const isCovered = other.me && Math.hypot(x - view.x(other.walking.position), y - view.y(other.walking.position)) < 6
  return { x: isCovered ? x + (side === 0 ? -6 : 6) : x, y }
}

/** Where the other one is shown this owner: a place, the name of what stands in its place, or nothing. */
const seenOf = ({ me, other }) => other.meeting.friends.get(me.id)?.place

function marksOf(owner, view) {
  if (!owner.me) return null
  const { key, walking } = owner
  const seen = seenOf(owner)
  const { x, y } = phoneAt(owner, view)
  return html`<circle class="phone ${key}" cx=${x} cy=${y} r="7" />
    ${walking.phase === 'done' && html`<path class="tick" d=${`M${x - 3.2} ${y}l2.4 2.6l4.2 -5`} />`}
    ${seen?.lat && html`<circle class="seen ${key}" cx=${view.x(seen)} cy=${view.y(seen)} r="12" />`}`
}

/** Each name stands where it covers no dot, no ring and no other name, and as little of the lines as possible. */
function labelsOf(owners, view) {
  const present = owners.filter(({ me }) => me)
  const at = (place, r) => ({ x: view.x(place) - r, y: view.y(place) - r, width: 2 * r, height: 2 * r })
  const taken = [at(HOME, 8)]
  for (const owner of present) {
    const seen = seenOf(owner)
    taken.push(at(owner.walking.position, 9), ...(seen?.lat ? [at(seen, 14)] : []))
  }
  const lines = present.flatMap(({ walking }) =>
    wayOf(walking)
      .filter((_, i) => i % LINE_STEP === 0)
      .map((point) => ({ x: view.x(placeOf(point)), y: view.y(placeOf(point)) })),
  )
  return present.map((owner) => {
    const text = typeof seenOf(owner) === 'string' ? `${owner.me.nickname} · 위치는 안 보여요` : owner.me.nickname
    const width = [...text].reduce((sum, letter) => sum + (letter > 'ᄀ' ? 12.5 : 7.5), 14)
    const box = freeBox(
      { x: view.x(owner.walking.position), y: view.y(owner.walking.position) },
      { width, height: 22 },
      { taken, lines, view },
    )
    taken.push(box)
    return html`<g class="label ${owner.key}">
      <rect x=${box.x} y=${box.y} width=${width} height="22" rx="11" /><text x=${box.x + width / 2} y=${box.y + 11.5}>${text}</text>
    </g>`
  })
}

function freeBox({ x, y }, { width, height }, { taken, lines, view }) {
  const boxes = [18, 34, 56].flatMap((gap) =>
    [
      [x + gap, y - height / 2],
      [x - gap - width, y - height / 2],
      [x - width / 2, y - gap - height],
      [x - width / 2, y + gap],
      [x + gap, y - gap - height],
      [x - gap - width, y + gap],
    ].map(([left, top]) => ({ x: left, y: top, width, height })),
  )
  const isInside = (box) => box.x > 4 && box.y > 4 && box.x + width < view.width - 4 && box.y + height < view.height - 4
  const isFree = (box) => !taken.some((other) => overlap(box, other))
  const covered = (box) => lines.filter((at) => overlap(box, { ...at, width: 0, height: 0 })).length
  const allowed = boxes.filter((box) => isInside(box) && isFree(box))
  const candidates = allowed.length > 0 ? allowed : boxes.filter(isFree)
  return candidates.reduce((best, box) => (covered(box) < covered(best) ? box : best), candidates[0] ?? boxes[0])
}

/** Whether two boxes do. */
export const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

function scaleBar(view) {
  const metres = barLength(view)
  const [x, y, length] = [14, view.height - 14, metres * view.scale]
  return html`<path class="scale" d=${`M${x} ${y - 5}v5h${length}v-5`} />
    <text class="scale-text" x=${x + length / 2} y=${y - 9}>${metres >= 1_000 ? `${metres / 1_000} km` : `${metres} m`}</text>`
}

/** 1, 2 or 5 times a power of ten, and at most a quarter of the map. */
function barLength({ width, scale }) {
  const longest = width / 4 / scale
  const power = 10 ** Math.floor(Math.log10(longest))
  return power * (longest / power >= 5 ? 5 : longest / power >= 2 ? 2 : 1)
}
