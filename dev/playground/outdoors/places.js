import { html } from 'htm/preact'
import { farAway } from '../views/format.js'
import { KINDS, kindOf } from './kinds.js'
import { Around } from './map.js'

const LISTS = { near: '가까운 곳', favorite: '즐겨찾기', found: '찾은 곳' }
const ZOOMS = { near: '동네', town: '구', city: '도시' }
const EMPTY = {
  near: '가까이에 없어요',
  favorite: '별을 누르면 여기에 모여요',
  found: '찾는 곳이 없어요',
}
/** The map shows all of them. */
const RIVERSIDE_TOLD = 3
const GRADES = ['', '좋음', '보통', '나쁨', '매우 나쁨']

/** What lies around on a map, and in a list by distance, as favourites or as found by name. */
export function Places({ owner, actions }) {
  const { outdoors, isBusy } = owner
  return html`<section data-part="map">
      <h3>
        주변
        <span class="pick" role="group" aria-label="지도의 넓이"
          >${Object.entries(ZOOMS).map(
            ([span, title]) =>
              html`<button disabled=${isBusy} aria-pressed=${span === outdoors.span} onClick=${() => actions.zoom(owner, span)}>
                ${title}
              </button>`,
          )}</span
        >
      </h3>
      <div class="acts" role="group" aria-label="장소의 종류">
        ${Object.entries(KINDS).map(
          ([kind, [title, sign]]) =>
            html`<button
              class="quiet kind"
              data-kind=${kind}
              disabled=${isBusy}
              aria-pressed=${!outdoors.hidden.has(kind)}
              onClick=${() => actions.toggleKind(owner, kind)}
            >
              <i>${sign}</i>${title}
            </button>`,
        )}
      </div>
      <${Around} owner=${owner} />
      <${Hazards} ...${outdoors} />
    </section>
    <section data-part="places">
      <form class="choose" onSubmit=${(event) => search(event, owner, actions)}>
        <input name="q" aria-label="장소 검색" placeholder="애견카페, 동물병원…" maxlength="40" defaultValue=${outdoors.query} required />
        <button disabled=${isBusy}>검색</button>
      </form>
      <span class="pick" role="group" aria-label="목록"
        >${Object.entries(LISTS).map(
          ([name, title]) =>
            html`<button
              disabled=${isBusy || (name === 'found' && outdoors.query === '')}
              aria-pressed=${name === outdoors.listed}
              onClick=${() => actions.showPlaces(owner, name)}
            >
              ${title}
            </button>`,
        )}</span
      >
      <${List} ...${{ owner, actions }} />
    </section>`
}

function search(event, owner, actions) {
  event.preventDefault()
  actions.searchPlaces(owner, String(new FormData(event.target).get('q')).trim())
}

function List({ owner, actions }) {
  const { outdoors, isBusy } = owner
  const { listed, list } = outdoors
  return html`${list.isPartial && html`<p class="bad" role="status" data-part="partial">카카오맵이 대답하지 않아 우리가 아는 곳만 보여요.</p>`}
    ${listed === 'near' && list.radius_m > 3_000 && html`<p class="note">3 km 안에 없어 ${farAway(list.radius_m)}까지 찾았어요.</p>`}
    <ul class="rows found" data-part="place-list">
      ${list.items.map((place) => html`<${Row} key=${place.id} ...${{ owner, actions, place }} />`)}
      ${list.items.length === 0 && html`<li class="empty">${EMPTY[listed]}</li>`}
    </ul>
    ${list.next && html`<button class="wide" disabled=${isBusy} onClick=${() => actions.readMorePlaces(owner)}>더 보기</button>`}
    <p class="note">${list.sources.map(({ name, publisher }) => `${name} (${publisher})`).join(' · ')}</p>`
}

function Row({ owner, actions, place }) {
  const { id, category, name, distance_m, road_address, address, phone, status, is_favorite, place_url } = place
  const isKept = !id.startsWith('kakao:')
  const facts = [kindOf(category), distance_m !== null && farAway(distance_m), phone, status === 'closed' && '문을 닫은 곳']
  return html`<li data-kind=${category}>
    <b>${place_url ? html`<a href=${place_url} target="_blank" rel="noreferrer">${name}</a>` : name}</b>
    ${
      isKept &&
      html`<button
        class="quiet star"
        disabled=${owner.isBusy}
        aria-label=${`${name} 즐겨찾기`}
        aria-pressed=${is_favorite}
        onClick=${() => actions.toggleFavorite(owner, place)}
      >
        ${is_favorite ? '★' : '☆'}
      </button>`
    }
    <span>${facts.filter(Boolean).join(' · ')}<br />${road_address ?? address}</span>
  </li>`
}

/** What is dangerous on the map, in words. */
function Hazards({ hazards }) {
  if (!hazards) return null
  const { warnings, dust, pavement, riverside } = hazards
  const worst = dust.reduce((most, { grades }) => Math.max(most, grades.pm10 ?? 0, grades.pm25 ?? 0), 0)
  return html`<ul class="alerts" data-part="hazards">
    ${warnings.map(({ kind, level, zone, message }) => html`<li key=${`${zone} ${kind}`} data-level=${level}>${message} <span>${zone}</span></li>`)}
    ${riverside.slice(0, RIVERSIDE_TOLD).map(({ id, name, level, message }) => html`<li key=${id} data-level=${level}>${message} <span>${name}</span></li>`)}
    ${riverside.length > RIVERSIDE_TOLD && html`<li><span>하천변 ${riverside.length - RIVERSIDE_TOLD}곳 더</span></li>`}
    ${pavement?.level > 0 && html`<li>${pavement.message} <span>바닥 ${pavement.surface_temp_c}°</span></li>`}
    ${worst > 2 && html`<li>미세먼지 ${GRADES[worst]} <span>측정소 ${dust.length}곳</span></li>`}
  </ul>`
}
