import { html } from 'htm/preact'
import { farAway, kilometres } from '../views/format.js'

const DAYS = ['월', '화', '수', '목', '금', '토', '일']

/** What was walked from Monday to Sunday, and the goal. */
export function Week({ page: { week } }) {
  if (!week) return null
  const { distance_m, walk_count, duration_sec, goal_km, percent, days } = week
  const farthest = Math.max(1, ...days.map((day) => day.distance_m))
  return html`<section data-part="home-week">
    <h3>이번 주 <span class="soft">목표 ${goal_km}km/주</span></h3>
    <p class="figures"><b>${kilometres(distance_m)}</b><b>${walk_count}회</b><b>${hours(duration_sec)}</b></p>
    <div class="labelled">
      <span>${percent}%</span><span>${kilometres(distance_m)} / ${goal_km} km</span>
      <div class="bar"><i style=${{ width: `${Math.min(100, percent)}%` }}></i></div>
    </div>
    <ol class="week-days" aria-label="요일마다 걸은 거리">
      ${days.map(
        (day, k) =>
          html`<li title=${farAway(day.distance_m)} data-walked=${day.walk_count > 0}>
            <i style=${{ height: `${Math.round((100 * day.distance_m) / farthest)}%` }}></i>${DAYS[k]}
          </li>`,
      )}
    </ol>
  </section>`
}

function hours(seconds) {
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}분` : `${Math.floor(minutes / 60)}시간 ${minutes % 60}분`
}
