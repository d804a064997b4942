import { html } from 'htm/preact'
import { overlap } from '../views/map.js'
import { KINDS, kindOf } from './kinds.js'

const SIZE = { width: 320, height: 256 }
const METRES_PER_DEGREE = 111_320
/** Places and circles keep within the picture. */
const EDGE = 10
const LABELLED_MAX = 20
const RADIUS = 8
const LETTER_PX = 9
const WORST_GRADE = ({ pm10, pm25 }) => Math.max(pm10 ?? 0, pm25 ?? 0)

/** Places, clusters and dangers around an owner. Nothing is drawn below them, because a map of streets would come from elsewhere. */
export function Around({ owner }) {
  const { around, hazards, listed, list } = owner.outdoors
  if (!around.box) return null
  const view = viewOf(around.box)
  const found = listed === 'found' ? list.items.filter(({ id }) => id.startsWith('kakao:')) : []
  const isInside = ({ lat, lng }) => lat > around.box.south && lat < around.box.north && lng > around.box.west && lng < around.box.east
  const places = [...around.items, ...found].filter((place) => place.lat !== null && isInside(place))
  const names = placeNames(places, around.clusters, view)
  return html`<svg
    class="around"
    viewBox=${`0 0 ${SIZE.width} ${SIZE.height}`}
    role="img"
    aria-label=${`주변의 장소 ${places.length}곳, 묶음 ${around.clusters.length}개`}
  >
    ${rings(view)} ${hazards?.dust.filter(isInside).map((station) => dustAt(station, view))}
    ${around.clusters.map((cluster) => clusterAt(cluster, view))} ${places.map((place) => placeAt(place, view, names.get(place.id)))}
    ${hazards?.riverside.filter(isInside).map((place) => riversideAt(place, view))}
    <circle class="me" cx=${SIZE.width / 2} cy=${SIZE.height / 2} r="6" />
    ${scaleBar(view)}
  </svg>`
}

function viewOf({ west, south, east, north }) {
  return {
    x: ({ lng }) => ((lng - west) / (east - west)) * SIZE.width,
    y: ({ lat }) => ((north - lat) / (north - south)) * SIZE.height,
    metres: (north - south) * METRES_PER_DEGREE,
  }
}

const within = (value, end) => Math.min(end - EDGE, Math.max(EDGE, value))
const at = (place, view) => [within(view.x(place), SIZE.width), within(view.y(place), SIZE.height)]

/** Circles about the owner, of whole distances. */
function rings(view) {
  const step = barOf(view)
  const radius = (step / view.metres) * SIZE.height
  return [1, 2, 3].map((n) => html`<circle class="ring" cx=${SIZE.width / 2} cy=${SIZE.height / 2} r=${n * radius} />`)
}

/** Beside a few places stand their names, each where it covers no other and no sign. */
function placeNames(places, clusters, view) {
  if (places.length > LABELLED_MAX) return new Map()
  const taken = [...places, ...clusters].map((place) => boxAt(at(place, view), 2 * RADIUS, 2 * RADIUS))
  return new Map(
    places.flatMap(({ id, name, ...place }, k) => {
      const [x, y] = at(place, view)
      const width = [...name].length * LETTER_PX
      const free = [1, -1]
        .map((side) => ({ side, box: boxAt([x + side * (RADIUS + 3 + width / 2), y], width, LETTER_PX + 3) }))
        .find(({ box }) => box.x > 0 && box.x + box.width < SIZE.width && !taken.some((other, n) => n !== k && overlap(box, other)))
      if (!free) return []
      taken.push(free.box)
      return [[id, free.side]]
    }),
  )
}

const boxAt = ([x, y], width, height) => ({ x: x - width / 2, y: y - height / 2, width, height })

function placeAt(place, view, side) {
  const [x, y] = at(place, view)
  const sign = KINDS[place.category]?.[1] ?? '·'
  return html`<g class="place" data-kind=${place.category} data-favorite=${place.is_favorite}>
    <title>${place.name} · ${kindOf(place.category)}</title>
    <circle cx=${x} cy=${y} r=${RADIUS} />
    <text class="sign" x=${x} y=${y}>${place.is_favorite ? '★' : sign}</text>
    ${side && html`<text class="name" style=${{ textAnchor: side > 0 ? 'start' : 'end' }} x=${x + side * (RADIUS + 3)} y=${y}>${place.name}</text>`}
  </g>`
}

function clusterAt(cluster, view) {
  const [x, y] = at(cluster, view)
  return html`<g class="cluster">
    <title>${cluster.count}곳</title>
    <circle cx=${x} cy=${y} r=${8 + Math.min(5, cluster.count / 10)} /><text x=${x} y=${y}>${cluster.count}</text>
  </g>`
}

/** A park that heavy rain may flood. */
function riversideAt(place, view) {
  const [x, y] = at(place, view)
  return html`<circle class="flood" cx=${x} cy=${y} r="12"><title>${place.name}: ${place.message}</title></circle>`
}

function dustAt(station, view) {
  const [x, y] = at(station, view)
  const grade = WORST_GRADE(station.grades)
  return html`<g class="dust" data-grade=${grade}>
    <title>${station.station} 측정소 · 미세 ${station.pm10_value ?? '–'} · 초미세 ${station.pm25_value ?? '–'}</title>
    <rect x=${x - 5} y=${y - 5} width="10" height="10" rx="3" />
  </g>`
}

function scaleBar(view) {
  const metres = barOf(view)
  const length = (metres / view.metres) * SIZE.height
  const [x, y] = [10, SIZE.height - 10]
  return html`<path class="scale" d=${`M${x} ${y - 5}v5h${length}v-5`} />
    <text class="scale-text" x=${x + length / 2} y=${y - 10}>${metres >= 1_000 ? `${metres / 1_000} km` : `${metres} m`}</text>`
}

/** 1, 2 or 5 times a power of ten, and at most a quarter of the map. */
function barOf({ metres }) {
  const longest = metres / 4
  const power = 10 ** Math.floor(Math.log10(longest))
  return power * (longest / power >= 5 ? 5 : longest / power >= 2 ? 2 : 1)
}
