import { HOME } from './owner.js'

const SVG = 'http://www.w3.org/2000/svg'
const METRES_PER_DEGREE = 111_320
const PER_LNG = METRES_PER_DEGREE * Math.cos((HOME.lat * Math.PI) / 180)
const MARGIN_PX = 36
/** The smallest view, so that a street corner does not fill the whole map. */
const LEAST_M = 320

const east = ({ lng }) => (lng - HOME.lng) * PER_LNG
const north = ({ lat }) => (lat - HOME.lat) * METRES_PER_DEGREE
const placeOf = ([lng, lat]) => ({ lng, lat })

/** Draws both owners' lines and phones, and what each is shown of the other. There is no background map. */
export function drawMap(svg, owners) {
  const { width, height } = svg.getBoundingClientRect()
  if (width === 0) return
  const view = fit(owners, width, height)
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  svg.replaceChildren(
    ...grid(view),
    ...owners.flatMap((owner) => zoneOf(owner, view)),
    homeMark(view),
    ...owners.flatMap((owner) => linesOf(owner, view)),
    ...owners.flatMap((owner) => marksOf(owner, view)),
    ...scaleBar(view),
  )
}

/** The view that shows everything, centred and as large as possible. */
function fit(owners, width, height) {
  const places = [
    HOME,
    ...owners.flatMap((owner) => [...(owner.player?.points.map(placeOf) ?? []), ...(owner.zone ? corners(owner.zone) : [])]),
  ]
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
  const [x0, y0] = [view.x(HOME) % step, view.y(HOME) % step]
  const lines = []
  for (let x = x0; x < view.width; x += step) lines.push(element('line', { class: 'grid', x1: x, x2: x, y1: 0, y2: view.height }))
  for (let y = y0; y < view.height; y += step) lines.push(element('line', { class: 'grid', x1: 0, x2: view.width, y1: y, y2: y }))
  return lines
}

function homeMark(view) {
  const [x, y] = [view.x(HOME), view.y(HOME)]
  return element('path', { class: 'home', d: `M${x - 7} ${y + 6}v-7l7 -6l7 6v7z` })
}

function zoneOf({ key, zone }, view) {
  return zone ? [element('circle', { class: `zone ${key}`, cx: view.x(zone), cy: view.y(zone), r: zone.radius_m * view.scale })] : []
}

function linesOf({ key, player }, view) {
  if (!player) return []
  const line = (points) => points.map((point) => `${view.x(placeOf(point)).toFixed(1)},${view.y(placeOf(point)).toFixed(1)}`).join(' ')
  return [
    element('polyline', { class: `ahead ${key}`, points: line(player.points) }),
    element('polyline', { class: `walked ${key}`, points: line(player.points.slice(0, player.count)) }),
  ]
}

function marksOf(owner, view) {
  if (!owner.me) return []
  const { key, other, position } = owner
  const seen = other.friends.get(owner.me.id)?.place
  const [x, y] = [view.x(position), view.y(position)]
  // One name is above and one below, for two people who walk side by side.
  const isAbove = other.me === null || y < view.y(other.position) || (y === view.y(other.position) && key === 'a')
  const isAtEdge = x > view.width * 0.7
  const isHidden = typeof seen === 'string'
  const text = isHidden ? `${owner.me.nickname} · 위치는 안 보여요` : owner.me.nickname
  const ring = seen && !isHidden ? [element('circle', { class: `seen ${key}`, cx: view.x(seen), cy: view.y(seen), r: 12 })] : []
  return [
    element('circle', { class: `phone ${key}`, cx: x, cy: y, r: 7 }),
    ...ring,
    element(
      'text',
      { class: key, x: isAtEdge ? x - 14 : x + 14, y: isAbove ? y - 10 : y + 10, 'text-anchor': isAtEdge ? 'end' : 'start' },
      text,
    ),
  ]
}

function scaleBar(view) {
  const metres = barLength(view)
  const [x, y, length] = [14, view.height - 14, metres * view.scale]
  return [
    element('path', { class: 'scale', d: `M${x} ${y - 5}v5h${length}v-5` }),
    element('text', { class: 'scale-text', x: x + length / 2, y: y - 8 }, metres >= 1_000 ? `${metres / 1_000} km` : `${metres} m`),
  ]
}

/** 1, 2 or 5 times a power of ten, and at most a quarter of the map. */
function barLength({ width, scale }) {
  const longest = width / 4 / scale
  const power = 10 ** Math.floor(Math.log10(longest))
  return power * (longest / power >= 5 ? 5 : longest / power >= 2 ? 2 : 1)
}

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  return made
}
