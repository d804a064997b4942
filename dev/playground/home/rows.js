import { html } from 'htm/preact'
import { kindOf } from '../outdoors/kinds.js'
import { date, duration, farAway, kilometres } from '../views/format.js'

/** The side of a small map of a walk. */
const SIDE = 48
const MARGIN = 5

/** Places within a short walk. */
export function Around({ owner, actions, page: { nearby } }) {
  if (!nearby) return null
  const { items, sources } = nearby
  return html`<section data-part="home-nearby">
    <h3>주변 <button class="quiet" onClick=${() => actions.open(owner, 'outdoors')}>지도로 보기 ></button></h3>
    <ul class="rows">
      ${items.map(
        ({ id, name, category, distance_m }) =>
          html`<li key=${id}>
            <b>${name}</b><time>${distance_m === null ? '' : farAway(distance_m)}</time><span>${kindOf(category)}</span>
          </li>`,
      )}
      ${items.length === 0 && html`<li class="empty">가까이에 없어요</li>`}
    </ul>
    <p class="note">${sources.map(({ name, publisher }) => `${name} (${publisher})`).join(' · ')}</p>
  </section>`
}

/** The last walks, each with its way. */
export function Recent({ page: { recent_walks: walks } }) {
  if (!walks) return null
  return html`<section data-part="home-recent">
    <h3>최근 산책</h3>
    <ul class="recent">
      ${walks.map(
        ({ id, started_at, pets, distance_m, duration_sec, calories, line }) =>
          html`<li key=${id} data-walk=${id}>
            <${Way} line=${line} />
            <p>
              <b>${date(started_at)} · ${pets.map(({ name }) => name).join(', ') || '혼자'}</b><br />
              <span class="soft"
                >${kilometres(distance_m)} · ${duration(duration_sec)}${calories === null ? '' : ` · ${calories} kcal`}</span
              >
            </p>
          </li>`,
      )}
      ${walks.length === 0 && html`<li class="empty">아직 산책 기록이 없어요. 첫 산책을 시작해보세요!</li>`}
    </ul>
  </section>`
}

/** Ways to walk: courses around, and one of one's own to walk again. */
export function Ways({ owner, actions, page: { courses, last_way } }) {
  if (!courses && !last_way) return null
  return html`<section data-part="home-courses">
    <h3>걸어 볼 길 <button class="quiet" onClick=${() => actions.open(owner, 'courses')}>지도로 보기 ></button></h3>
    <ul class="rows">
      ${last_way && html`<li><b>지난번에 걸은 길</b><time>${kilometres(last_way.distance_m)}</time><span>${date(last_way.started_at)}</span></li>`}
      ${courses?.map(
        ({ id, name, distance_m, author }) =>
          html`<li key=${id}>
            <b>${name}</b><time>${farAway(distance_m)}</time
            ><span>${author ? `${author.nickname}님이 공개했어요` : '많은 이웃이 걸어요'}</span>
          </li>`,
      )}
      ${!last_way && courses?.length === 0 && html`<li class="empty">가까이에 코스가 아직 없어요</li>`}
    </ul>
  </section>`
}

/** A line alone, because a map of streets would come from elsewhere. */
function Way({ line }) {
  if (line.length < 2) return html`<span class="way" aria-label="길을 그릴 수 없어요">🐾</span>`
  const narrow = Math.cos((line[0].lat * Math.PI) / 180)
  const flat = line.map(({ lat, lng }) => [lng * narrow, -lat])
  const [west, north] = [0, 1].map((k) => Math.min(...flat.map((place) => place[k])))
  const [east, south] = [0, 1].map((k) => Math.max(...flat.map((place) => place[k])))
  const scale = (SIDE - 2 * MARGIN) / Math.max(east - west, south - north, 1e-6)
  const at = ([x, y]) =>
    [
      [x, west, east],
      [y, north, south],
    ]
      .map(([value, low, high]) => (SIDE / 2 + (value - (low + high) / 2) * scale).toFixed(1))
      .join()
  return html`<svg class="way" viewBox=${`0 0 ${SIDE} ${SIDE}`} role="img" aria-label="걸은 길">
    <polyline points=${flat.map(at).join(' ')} />
  </svg>`
}
