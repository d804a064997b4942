import { html } from 'htm/preact'
import { farAway } from '../views/format.js'
import { CourseMap } from './map.js'

const LISTS = { around: '주변', mine: '내 코스', favorites: '즐겨찾기' }
const SPANS = { near: '동네', town: '구' }

/** Courses on a map without streets, one to make, and what others would see of it. */
export function CoursesTab({ owner, actions }) {
  const { courses, isBusy } = owner
  if (!courses.isRead) return html`<p class="empty">불러오고 있어요…</p>`
  const picks = (options, chosen, action) =>
    Object.entries(options).map(
      ([name, title]) =>
        html`<button aria-pressed=${name === chosen} disabled=${isBusy} onClick=${() => actions[action](owner, name)}>${title}</button>`,
    )
  return html`<section data-part="course-map">
      <h3>
        코스 지도 <span class="pick" role="group" aria-label="넓이">${picks(SPANS, courses.span, 'zoomCourses')}</span>
        <button class="quiet" aria-pressed=${courses.isHeatShown} disabled=${isBusy} onClick=${() => actions.toggleHeat(owner)}>
          열지도
        </button>
      </h3>
      <${CourseMap} ...${{ owner, actions }} />
      ${courses.heat && html`<p class="note" data-part="heat">${heatText(courses.heat)}</p>`}
      <p class="note">선이 굵을수록 많은 사람이 걸어요. 지도를 누르면 길을 그릴 수 있어요. 점은 공원이에요.</p>
    </section>
    <section>
      <h3><span class="pick" role="group" aria-label="어떤 코스">${picks(LISTS, courses.listed, 'showCourses')}</span></h3>
      <ul class="rows course-list" data-part="course-list">
        ${courses.items.map((course) => html`<${Row} key=${course.id} ...${{ owner, actions, course }} />`)}
        ${courses.items.length === 0 && html`<li class="empty">여기에는 아직 코스가 없어요</li>`}
      </ul>
    </section>
    ${courses.chosen?.is_mine && html`<${Publish} ...${{ owner, actions }} />`}<${Make} ...${{ owner, actions }} />`
}

/** Fewer than five are no crowd, so that where few people live there is nothing to see. */
function heatText({ cells, cell_m, computed_on }) {
  const until = computed_on ? `${computed_on}까지. ` : ''
  if (cells.length === 0) return `${until}다섯 명 이상 걷는 곳이 아직 없어요.`
  return `${until}${cells.length}칸에 여러 사람이 걸어요 (한 칸 ${Math.round(cell_m)} m). 진할수록 많아요.`
}

function Row({ owner, actions, course }) {
  const { name, distance_m, duration_min, is_mine, is_published, is_favorite, is_gone, author, publication } = course
  const facts = [
    distance_m !== null && farAway(distance_m),
    duration_min && `약 ${duration_min}분`,
    is_mine ? '내가 만든 코스' : author && `${author.nickname}님이 공개했어요`,
    is_mine && is_published && (publication.is_shown ? '공개 중' : '지금은 가려져요'),
  ]
  return html`<li data-course=${course.id} data-gone=${is_gone}>
    <b>${name ?? '볼 수 없는 코스'}</b>
    <span class="soft">${is_gone ? '사라진 코스예요' : facts.filter(Boolean).join(' · ')}</span>
    <div class="acts">
      ${
        !is_gone &&
        html`<button
          class="quiet"
          aria-pressed=${owner.courses.chosenId === course.id}
          onClick=${() => actions.chooseCourse(owner, course.id)}
        >
          보기
        </button>`
      }
      <button
        class="quiet"
        aria-label="코스 즐겨찾기"
        aria-pressed=${is_favorite}
        disabled=${owner.isBusy}
        onClick=${() => actions.favoriteCourse(owner, course)}
      >
        ${is_favorite ? '★' : '☆'}
      </button>
    </div>
  </li>`
}

function Places({ owner, actions }) {
  const { places, from, to } = owner.courses
  const choice = (which, label, chosen) =>
    html`<select aria-label=${label} onChange=${(event) => actions.chooseEnd(owner, which, event.target.value)}>
      ${places.map(({ id, name }) => html`<option value=${id} selected=${id === chosen}>${name}</option>`)}
    </select>`
  return html`<div class="choose">${choice('from', '어디에서', from)} ${choice('to', '어디까지', to)}</div>`
}

function Publish({ owner, actions }) {
  const { courses, isBusy } = owner
  const { chosen, preview } = courses
  const button = (text, action, kind = 'quiet') =>
    html`<button class=${kind} disabled=${isBusy} onClick=${() => actions[action](owner)}>${text}</button>`
  return html`<section data-part="publish">
    <h3>${chosen.name} 공개하기</h3>
    <${Places} ...${{ owner, actions }} />
    <div class="acts">
      ${button('다른 사람에게 보이는 모습', 'previewCourse')} ${button('공개하기', 'publishCourse', 'quiet strong')}
      ${chosen.is_published && button('공개 그만두기', 'withdrawCourse')} ${button('코스 삭제', 'removeCourse')}
    </div>
    ${
      preview &&
      html`<p data-part="preview">
        ${preview.name} · ${preview.from_place.name}에서 ${preview.to_place.name}까지 ${farAway(preview.distance_m)} ·
        ${preview.author.nickname}
      </p>`
    }
    <p class="note">두 장소를 잇는 직선에서 100 m 안의 길만 보이고, 산책을 시작하거나 마치는 곳에서 500 m 안이면 공개할 수 없어요.</p>
  </section>`
}

function Make({ owner, actions }) {
  const { drawn, walkId, places } = owner.courses
  const make = (event) => {
    event.preventDefault()
    const form = new FormData(event.target)
    actions.makeCourse(owner, { name: String(form.get('name')).trim(), of: form.get('of') })
  }
  const ways = { places: '두 공원을 곧게 이은 길', drawn: `지도에 그린 길 (${drawn.length}곳)`, walk: '방금 걸은 길' }
  const isThere = { places: places.length > 1, drawn: drawn.length > 1, walk: walkId !== null }
  return html`<section data-part="make-course">
    <h3>코스 만들기 <span class="soft">프리미엄</span></h3>
    ${!owner.courses.chosen?.is_mine && html`<${Places} ...${{ owner, actions }} />`}
    <form class="pay" onSubmit=${make}>
      <input name="name" aria-label="코스 이름" maxlength="40" defaultValue="우리 동네 코스" autocomplete="off" required />
      <select name="of" aria-label="어떤 길">
        ${Object.entries(ways).map(([name, title]) => html`<option value=${name} disabled=${!isThere[name]}>${title}</option>`)}
      </select>
      <div class="buttons"><button class="primary wide" disabled=${owner.isBusy}>코스 만들기</button></div>
    </form>
    ${drawn.length > 0 && html`<button class="quiet" onClick=${() => actions.clearDrawn(owner)}>그린 길 지우기</button>`}
    <p class="note">만든 코스는 나만 봐요. 공개하기 전에는 누구에게도 보이지 않아요.</p>
  </section>`
}
