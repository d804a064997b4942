import { html } from 'htm/preact'

const SIZE = { width: 320, height: 256 }
const METRES_PER_DEGREE = 111_320
/** By how many people walk it. One's own is as wide as the narrowest. */
const WIDTHS = { 1: 3, 2: 4.5, 3: 6, 4: 8 }

/** Where people walk, the courses, and the owner's own way. Nothing is drawn below them, because a map of streets would come from elsewhere. */
export function CourseMap({ owner, actions }) {
  const { courses, walking } = owner
  const { box, items, heat, drawn, preview, places, chosenId } = courses
  const view = viewOf(box)
  const own = walking.player?.points ?? []
  const press = ({ currentTarget, clientX, clientY }) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    const [x, y] = [(clientX - left) / width, (clientY - top) / height]
    actions.drawCourse(owner, { lat: box.north - y * (box.north - box.south), lng: box.west + x * (box.east - box.west) })
  }
  return html`<svg
    class="around courses"
    viewBox=${`0 0 ${SIZE.width} ${SIZE.height}`}
    role="img"
    aria-label=${`코스 ${items.length}개`}
    onClick=${press}
  >
    ${heat?.cells.map((cell) => heatAt(cell, heat.cell_m, view))}
    ${places.map((place) => html`<circle class="spot" cx=${view.x(place)} cy=${view.y(place)} r="2.5"><title>${place.name}</title></circle>`)}
    ${items.map((course) => courseAt(course, view, course.id === chosenId))}
    ${
      own.length > 1 &&
      html`<polyline
        class="own-way"
        points=${pointsOf(
          own.map(([lng, lat]) => ({ lat, lng })),
          view,
        )}
      />`
    }
    ${preview && html`<polyline class="preview" points=${pointsOf(preview.line, view)} />`}
    ${drawn.length > 0 && html`<polyline class="drawn" points=${pointsOf(drawn, view)} />`}
    ${drawn.map((place) => html`<circle class="corner" cx=${view.x(place)} cy=${view.y(place)} r="3" />`)}
    <circle class="me" cx=${view.x(walking.position)} cy=${view.y(walking.position)} r="6" />
  </svg>`
}

function viewOf({ west, south, east, north }) {
  return {
    x: ({ lng }) => ((lng - west) / (east - west)) * SIZE.width,
    y: ({ lat }) => ((north - lat) / (north - south)) * SIZE.height,
    scale: SIZE.height / ((north - south) * METRES_PER_DEGREE),
  }
}

const pointsOf = (line, view) => line.map((place) => `${view.x(place).toFixed(1)},${view.y(place).toFixed(1)}`).join(' ')

function heatAt({ lat, lng, band }, cell_m, view) {
  const side = cell_m * view.scale
  return html`<rect
    class="heat"
    data-band=${band}
    x=${view.x({ lng }) - side / 2}
    y=${view.y({ lat }) - side / 2}
    width=${side}
    height=${side}
  />`
}

function courseAt({ kind, name, line, users_band, is_mine, start }, view, isChosen) {
  if (line.length === 0) return null
  const kindOf = is_mine ? 'mine' : kind
  return html`<g class="course" data-kind=${kindOf} data-chosen=${isChosen}>
    <title>${name}</title>
    <polyline points=${pointsOf(line, view)} style=${{ strokeWidth: WIDTHS[users_band ?? 1] }} />
    <circle cx=${view.x(start)} cy=${view.y(start)} r="4" />
  </g>`
}
