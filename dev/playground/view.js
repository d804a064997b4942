const STATUSES = { pending: '답을 기다리는 중', accepted: '수락됨', declined: '거절됨', cancelled: '취소됨', expired: '만료됨' }
const OPEN = ['pending', 'accepted']
const POSITIONS = ['location', 'locations', 'near_home', 'on_the_way']
/** What stands in place of a position. */
const HIDDEN = { near_home: '집 근처', on_the_way: '만나러 오는 중' }
const LOG_SHOWN = 80

/** The column of one owner. It is made once from the page's template, and updated after every change. */
export function createColumn(root, owner, actions) {
  root.append(document.querySelector('#owner').content.cloneNode(true))
  const form = root.querySelector('form')
  form.elements.name.value = owner.name
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    actions.logIn(owner, form.elements.name.value.trim())
  })
  root.addEventListener('click', ({ target }) => {
    const action = target.closest('[data-action]')?.dataset.action
    if (action) actions[action](owner, part(root, 'course').value)
  })
  return () => fill(root, owner)
}

export function fillCourses(root, courses) {
  part(root, 'course').replaceChildren(...courses.map(({ id, name }) => make('option', { value: id }, name)))
}

function fill(root, owner) {
  const { me, pet, isBusy } = owner
  const isIn = me !== null
  write(root, 'title', me?.nickname ?? owner.name)
  write(
    root,
    'about',
    isIn ? [pet.name, me.region?.dong, me.region?.sigungu].filter(Boolean).join(' · ') : '로그인하면 강아지와 동네가 정해져요.',
  )
  reveal(root, 'login', !isIn)
  reveal(root, 'signed-in', isIn)
  write(root, 'problem', owner.problem ?? '')
  reveal(root, 'problem', owner.problem !== null)
  for (const button of root.querySelectorAll('button')) button.disabled = isBusy
  if (!isIn) return
  fillWalk(root, owner)
  fillResult(root, owner)
  fillMeeting(root, owner)
  fillPrivacy(root, owner)
  list(
    root,
    'notifications',
    owner.notifications,
    ({ title, body, created_at }) => row(title, body, clock(created_at)),
    '아직 알림이 없어요',
  )
}

function fillWalk(root, { player, isWalking, position }) {
  part(root, 'course').disabled = isWalking
  part(root, 'bar').style.width = `${100 * (player?.share ?? 0)}%`
  reveal(root, 'progress', player !== null)
  write(root, 'walked', player ? duration(player.seconds) : '집에 있어요')
  write(root, 'place', player ? coordinates(position) : '')
  offer(root, 'start', !isWalking)
  offer(root, 'complete', isWalking)
  offer(root, 'drive', !isWalking)
}

function fillResult(root, { completion }) {
  reveal(root, 'result', completion !== null)
  if (!completion) return
  const { valid, walk, reasons, badges_earned, streak } = completion
  part(root, 'result').classList.toggle('refused', !valid)
  write(root, 'result-title', valid ? '산책 완료!' : '산책으로 인정되지 않았어요')
  const figures = [
    kilometres(walk.distance_m),
    duration(walk.duration_sec),
    `${walk.calories ?? 0} kcal`,
    ...(valid ? [`연속 ${streak.current}일`] : []),
  ]
  write(root, 'figures', figures.map((figure) => figure.replaceAll(' ', '\u00a0')).join(' · '))
  fillSketch(root, walk.sketch)
  list(root, 'reasons', reasons, ({ detail, code, effect }) => make('li', { class: effect, title: code }, detail))
  list(root, 'badges', badges_earned, ({ icon, name, description }) => make('li', { title: description }, make('i', {}, icon), name))
  const company = walk.company ?? []
  reveal(root, 'company', company.length > 0)
  write(root, 'company', `함께 걸었어요: ${company.map(({ nickname }) => nickname).join(', ')}`)
}

/** What others see of the way. Corners are rounded at the middle of each side, and a loop is closed, as on the share card. */
function fillSketch(root, sketch) {
  reveal(root, 'sketch', sketch !== null)
  if (!sketch) return
  const [wide, high] = [0, 1].map((k) => Math.max(1, ...sketch.map((corner) => corner[k])))
  const scale = 96 / Math.max(wide, high)
  const corners = sketch.map(([x, y]) => [60 + (x - wide / 2) * scale, 60 - (y - high / 2) * scale])
  const middle = ([ax, ay], [bx, by]) => [(ax + bx) / 2, (ay + by) / 2]
  const isLoop = String(corners[0]) === String(corners.at(-1))
  const inner = isLoop ? corners.slice(1) : corners.slice(1, -1)
  const end = isLoop ? middle(inner.at(-1), inner[0]) : corners.at(-1)
  const curves = inner.map((corner, i) => `Q${corner} ${i + 1 < inner.length ? middle(corner, inner[i + 1]) : end}`)
  part(root, 'sketch')
    .querySelector('path')
    .setAttribute('d', `M${isLoop ? end : corners[0]}${curves.join('')}`)
}

function fillMeeting(root, owner) {
  const { invitation, room, friends, other } = owner
  const isHost = invitation?.box === 'sent'
  const isOpen = OPEN.includes(invitation?.status)
  const names = isHost ? '내가 보낸 초대' : `${other.me?.nickname ?? '상대'}님의 초대`
  write(root, 'invitation', invitation ? `${names}: ${STATUSES[invitation.status] ?? invitation.status}` : '아직 초대가 없어요')
  offer(root, 'invite', !isOpen && other.me !== null)
  offer(root, 'accept', !isHost && invitation?.status === 'pending')
  offer(root, 'decline', !isHost && invitation?.status === 'pending')
  offer(root, 'cancel', isHost && isOpen)
  write(root, 'room', room?.message ?? '')
  part(root, 'room').dataset.state = room?.state ?? 'none'
  offer(root, 'join', invitation?.room.is_open && (!room || room.isOver))
  offer(root, 'leave', room !== null && !room.isOver)
  offer(root, 'end', room?.isOpen ?? false)
  offer(root, 'reveal', (room?.isOpen ?? false) && !owner.isShownEverywhere)
  offer(root, 'conceal', (room?.isOpen ?? false) && owner.isShownEverywhere)
  list(root, 'friends', [...friends.values()], ({ nickname, isHere, place }) =>
    make('li', { class: isHere ? 'here' : 'away' }, make('b', {}, nickname), make('span', {}, whereabouts(isHere, place))),
  )
}

function whereabouts(isHere, place) {
  if (!isHere) return '방에 없어요'
  if (!place) return '위치를 기다리는 중'
  return HIDDEN[place] ?? coordinates(place)
}

function fillPrivacy(root, { isBlocking, zone, other, ledger }) {
  offer(root, 'block', !isBlocking && other.me !== null)
  offer(root, 'unblock', isBlocking && other.me !== null)
  offer(root, 'hide', zone === null)
  offer(root, 'show', zone !== null)
  list(
    root,
    'ledger',
    ledger,
    ({ viewer, first_at, last_at }) => row(viewer.nickname ?? '탈퇴한 사용자', `${clock(first_at)} – ${clock(last_at)}`),
    '아직 아무도 보지 않았어요',
  )
}

/** The room's frames of both owners, newest first. */
export function fillLog(root, entries, isWithoutPositions) {
  const shown = entries.filter(({ frame }) => !isWithoutPositions || !POSITIONS.includes(frame.type)).slice(-LOG_SHOWN)
  const rows = shown.toReversed().map(logRow)
  root.replaceChildren(...(rows.length > 0 ? rows : [make('li', { class: 'empty' }, '방에 들어가면 주고받은 프레임이 여기에 보여요')]))
}

function logRow({ key, direction, at, frame }) {
  const arrow = direction === 'out' ? '→' : '←'
  return make('li', { class: key }, make('time', {}, clock(at, true)), make('b', {}, arrow), make('code', {}, shorten(frame)))
}

const UUID = /\b([0-9a-f]{8})-[0-9a-f-]{27}\b/g
const shorten = (frame) => JSON.stringify(frame).replaceAll(UUID, '$1…')

const part = (root, name) => root.querySelector(`[data-part="${name}"]`)
const reveal = (root, name, isShown) => (part(root, name).hidden = !isShown)
const offer = (root, action, isOffered) => (root.querySelector(`[data-action="${action}"]`).hidden = !isOffered)

function write(root, name, text) {
  const element = part(root, name)
  if (element.textContent !== text) element.textContent = text
}

/** Updates only what has changed, so that a list can be read and its text selected while somebody walks. */
const shownIn = new WeakMap()
function list(root, name, items, makeItem, whenEmpty) {
  const element = part(root, name)
  const state = JSON.stringify(items)
  if (shownIn.get(element) === state) return
  shownIn.set(element, state)
  element.replaceChildren(...(items.length > 0 || !whenEmpty ? items.map(makeItem) : [make('li', { class: 'empty' }, whenEmpty)]))
}

function row(title, text, aside = '') {
  return make('li', {}, make('b', {}, title), make('span', {}, text), make('time', {}, aside))
}

function make(name, attributes, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

const kilometres = (metres) => `${((metres ?? 0) / 1_000).toFixed(2)} km`
const coordinates = ({ lat, lng }) => `${lat.toFixed(5)}, ${lng.toFixed(5)}`

function duration(seconds) {
  const whole = Math.round(seconds ?? 0)
  const two = (value) => String(value).padStart(2, '0')
  return `${Math.floor(whole / 3_600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

function clock(instant, isExact = false) {
  return new Date(instant).toLocaleTimeString('ko-KR', {
    hour12: false,
    hour: '2-digit',
    minute: '2-digit',
    ...(isExact && { second: '2-digit' }),
  })
}
