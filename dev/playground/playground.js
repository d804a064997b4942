import { request } from './api.js'
import { drawMap } from './map.js'
import { Owner } from './owner.js'
import { createColumn, fillCourses, fillLog } from './view.js'

const LOG_LENGTH = 400
const DEFAULT_SPEED = 10

const world = {
  pace: DEFAULT_SPEED,
  speed: () => world.pace,
  /** Both owners' first walks share a track, and their second ones another. Each is new, because the same track twice is a replay. */
  seed: Math.floor(Math.random() * 2 ** 30),
  changed: drawSoon,
  log(owner, direction, frame) {
    frames.push({ key: owner.key, direction, at: Date.now(), frame })
    frames.splice(0, frames.length - LOG_LENGTH)
    isLogStale = true
    drawSoon()
  },
}

const frames = []
let isLogStale = true
const owners = [
  new Owner({ key: 'a', side: 0, name: '초코아빠', petName: '초코', world }),
  new Owner({ key: 'b', side: 1, name: '콩이엄마', petName: '콩이', world }),
]
owners[0].other = owners[1]
owners[1].other = owners[0]

/** The buttons' actions, by `data-action`. */
const actions = {
  logIn: (owner, name) => owner.act(() => owner.logIn(name)),
  start: (owner, courseId) => owner.act(() => owner.startWalk(courseId)),
  complete: (owner) => owner.act(() => owner.completeWalk()),
  drive: (owner) => owner.act(() => owner.drive()),
  invite: (owner) => owner.act(() => owner.invite(owner.other)),
  accept: (owner) => owner.act(() => owner.answer('accepted')),
  decline: (owner) => owner.act(() => owner.answer('declined')),
  cancel: (owner) => owner.act(() => owner.cancel()),
  join: (owner) => owner.act(() => owner.join()),
  leave: (owner) => owner.act(() => owner.leave()),
  end: (owner) => owner.act(() => owner.end()),
  reveal: (owner) => owner.act(() => owner.reveal(true)),
  conceal: (owner) => owner.act(() => owner.reveal(false)),
  block: (owner) => owner.act(() => owner.block(owner.other)),
  unblock: (owner) => owner.act(() => owner.unblock(owner.other)),
  hide: (owner) => owner.act(() => owner.hide()),
  show: (owner) => owner.act(() => owner.show()),
  refresh: (owner) => owner.act(() => owner.refresh()),
}

const map = document.querySelector('.map')
const log = document.querySelector('[data-part="log"]')
const hidePositions = document.querySelector('[data-part="hide-positions"]')
const speeds = document.querySelectorAll('[data-speed]')
const fills = owners.map((owner) => createColumn(document.querySelector(`[data-owner="${owner.key}"]`), owner, actions))

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
  for (const fill of fills) fill()
  drawMap(map, owners)
  if (isLogStale) fillLog(log, frames, hidePositions.checked)
  isLogStale = false
  for (const button of speeds) button.setAttribute('aria-pressed', String(Number(button.dataset.speed) === world.pace))
}

for (const button of speeds) {
  button.addEventListener('click', () => {
    world.pace = Number(button.dataset.speed)
    drawSoon()
  })
}
hidePositions.addEventListener('change', () => {
  isLogStale = true
  drawSoon()
})
new ResizeObserver(drawSoon).observe(map)

const { items } = await request('GET', '/playground/tracks')
for (const owner of owners) fillCourses(document.querySelector(`[data-owner="${owner.key}"]`), items)
draw()
