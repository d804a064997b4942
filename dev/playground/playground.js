import { html, render } from 'htm/preact'
import { createActions } from './actions.js'
import { request, watchRequests } from './api.js'
import { Owner } from './owner.js'
import { Column } from './views/column.js'
import { Map } from './views/map.js'
import { Start } from './views/start.js'
import { Traffic } from './views/traffic.js'

const ENTRIES_KEPT = 500
const SPEEDS = [1, 5, 10]
const POLL_MS = 5_000

const stored = JSON.parse(sessionStorage.getItem('playground.world') ?? '{}')
const world = {
  /** Each walk's seed is new, because the same track twice is a replay. */
  seed: stored.seed ?? Math.floor(Math.random() * 2 ** 30),
  pace: stored.pace ?? SPEEDS.at(-1),
  speed: () => world.pace,
  nextSeed() {
    world.seed++
    remember()
    return world.seed
  },
  changed: drawSoon,
  log(entry) {
    if (entry.id === undefined) {
      entry.id = ++logged
      entries.push(entry)
      entries.splice(0, entries.length - ENTRIES_KEPT)
    }
    page.version++
    drawSoon()
  },
}
const remember = () => sessionStorage.setItem('playground.world', JSON.stringify({ seed: world.seed, pace: world.pace }))

let logged = 0
const entries = []
const page = {
  courses: [],
  mapSize: { width: 600, height: 320 },
  view: 'a',
  isRestoring: true,
  filter: { kind: 'all', key: null, isCalm: true },
  /** Changes with the entries and the filter. */
  version: 0,
}

const owners = [
  new Owner({ key: 'a', side: 0, name: '초코아빠', petName: '초코', world }),
  new Owner({ key: 'b', side: 1, name: '콩이엄마', petName: '콩이', world }),
]
owners[0].other = owners[1]
owners[1].other = owners[0]
const actions = createActions(owners)
watchRequests(world.log)

let isDrawingSoon = false
function drawSoon() {
  if (isDrawingSoon) return
  isDrawingSoon = true
  requestAnimationFrame(() => {
    isDrawingSoon = false
    draw()
  })
}

function draw() {
  render(html`<${Page} />`, document.body)
  observeMap()
}

/** On a narrow screen only one of the two owners, or what they say to the server, is shown below the map. */
function Page() {
  const isIn = owners.some(({ me }) => me)
  return html`<${Top} isIn=${isIn} />${
      page.isRestoring
        ? html`<p class="restoring">불러오고 있어요…</p>`
        : isIn
          ? html`<${Playing} />`
          : html`<${Start} ...${{ owners, actions }} />`
    }`
}

function Top({ isIn }) {
  const setPace = (pace) => {
    world.pace = pace
    remember()
    drawSoon()
  }
  return html`<header class="top">
    <h1>멍이랑 놀이터</h1>
    <a href="/docs" target="_blank">API 문서</a>
    ${
      isIn &&
      html`<div class="pick speed" role="group" aria-label="걷는 빠르기">
          ${SPEEDS.map((pace) => html`<button aria-pressed=${pace === world.pace} onClick=${() => setPace(pace)}>×${pace}</button>`)}
        </div>
        <button class="quiet" onClick=${actions.logOutBoth}>둘 다 로그아웃</button>`
    }
  </header>`
}

function Playing() {
  const see = (view) => {
    page.view = view
    drawSoon()
  }
  const tab = (view, text) =>
    html`<button
      class=${view === 'traffic' ? '' : view}
      data-view=${view}
      role="tab"
      aria-selected=${page.view === view}
      onClick=${() => see(view)}
    >
      ${text}
    </button>`
  return html`<main class="playing" data-view=${page.view}>
    <div class="stage">
      <section class="card map-card" aria-label="지도">
        <${Map} owners=${owners} size=${page.mapSize} />
        <p class="legend">
          <span><i class="mark solid"></i>휴대폰</span><span><i class="mark ring"></i>상대에게 보이는 곳</span
          ><span><i class="mark zone"></i>숨긴 집 근처</span>
        </p>
      </section>
      <nav class="views" role="tablist">
        ${owners.map(({ key, me, name }) => tab(key, html`<i class="mark solid"></i>${me?.nickname ?? name}`))} ${tab('traffic', '요청')}
      </nav>
    </div>
    ${owners.map((owner) => html`<${Column} key=${owner.key} ...${{ owner, actions, courses: page.courses }} />`)}
    <${Traffic} ...${{ entries, filter: page.filter, owners, onFilter, version: page.version }} />
  </main>`
}

function onFilter(change) {
  Object.assign(page.filter, change)
  page.version++
  drawSoon()
}

let observed = null
const observer = new ResizeObserver(([{ contentRect }]) => {
  page.mapSize = { width: contentRect.width, height: contentRect.height }
  drawSoon()
})
function observeMap() {
  const map = document.querySelector('.map')
  if (map === observed) return
  observer.disconnect()
  if (map) observer.observe(map)
  observed = map
}

/** What others, or time, have changed. Nobody looks at a hidden page. */
async function poll() {
  const present = document.hidden ? [] : owners.filter(({ me, isBusy }) => me && !isBusy)
  // A failure is seen in the log, and the next round asks again.
  await Promise.allSettled(present.map((owner) => owner.poll()))
  drawSoon()
  setTimeout(poll, POLL_MS)
}

const { items } = await request('GET', '/playground/tracks', { isQuiet: true })
page.courses = items
draw()
const saved = owners.map(({ key }) => Owner.saved(key))
for (const [i, owner] of owners.entries()) owner.name = saved[i].name ?? owner.name
await Promise.all(owners.map((owner, i) => saved[i].tokens && owner.act(() => owner.restore(saved[i]))))
page.isRestoring = false
draw()
setTimeout(poll, POLL_MS)
