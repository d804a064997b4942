import { html } from 'htm/preact'
import { degrees, looksOf } from '../outdoors/now.js'
import { kilometres } from '../views/format.js'
import { Badge } from '../views/result.js'
import { Around, Recent, Ways } from './rows.js'
import { Week } from './week.js'

const SUITABLE = { optimal: '최적', moderate: '보통', caution: '주의' }
const AIR = ['', '좋음', '보통', '나쁨', '매우 나쁨']
const SECTIONS = {
  header: '머리글',
  weather: '날씨',
  week: '이번 주',
  streak: '연속 산책',
  badges_in_progress: '뱃지',
  ranking: '랭킹',
  recent_walks: '최근 산책',
  pending: '답할 것',
  nearby: '주변 장소',
  courses: '코스',
  last_way: '지난 길',
  ads_free: '광고',
  active_walk: '하던 산책',
}

/** The first screen of the app, from one answer. What could not be told is named, and the rest stands. */
export function HomeTab({ owner, actions }) {
  const { page } = owner.home
  if (!page) return html`<p class="empty">불러오고 있어요…</p>`
  const given = { owner, actions, page }
  return html`<${Head} ...${given} /><${Weather} ...${given} /><${Week} ...${given} /><${Begin} ...${given} /><${Badges}
      ...${given}
    /><${Board} ...${given} /><${Around}
      ...${given}
    />${page.ads_free === false && html`<p class="advert" data-part="home-ad"><b>광고</b> 320×100</p>`}<${Recent} ...${given} /><${Ways}
      ...${given}
    /><${Banner} ...${given} />`
}

function Head({ owner, actions, page: { header, failed } }) {
  const pet = header?.primary_pet
  return html`<section data-part="home-head">
    <h3>
      <span>${pet?.photo_url ? html`<img class="face" src=${pet.photo_url} alt="" />` : '🐶'} ${pet?.name ?? '반려동물이 없어요'}</span>
      <span class="acts"
        ><button class="quiet" onClick=${() => actions.open(owner, 'notices')}>
          🔔 ${header?.unread > 0 ? html`<b class="count">${header.unread}</b>` : '새 알림 없음'}
        </button>
        <button class="quiet" disabled=${owner.isBusy} onClick=${() => actions.readHome(owner)}>새로 고침</button></span
      >
    </h3>
    ${failed.length > 0 && html`<p class="bad" role="status" data-part="home-failed">지금 알 수 없어요: ${failed.map((name) => SECTIONS[name] ?? name).join(', ')}</p>`}
    <${Pending} ...${{ owner, actions }} />
  </section>`
}

function Pending({ owner, actions }) {
  const { invitations = 0, meetup_requests = 0 } = owner.home.page.pending ?? {}
  if (invitations + meetup_requests === 0) return null
  return html`<div class="buttons">
    ${invitations > 0 && html`<button class="quiet" onClick=${() => actions.open(owner, 'together')}>받은 초대 ${invitations}</button>`}
    ${meetup_requests > 0 && html`<button class="quiet" onClick=${() => actions.open(owner, 'meetups')}>모임 신청 ${meetup_requests}</button>`}
  </div>`
}

function Weather({ page: { weather } }) {
  if (!weather)
    return html`<section data-part="home-weather">
      <h3>날씨</h3>
      <p class="empty">아직 날씨를 몰라요. 새로 고치면 보여요.</p>
    </section>`
  const { weather: now, suitability, air_quality: air, outlook, best_hours, best_hours_message, region } = weather
  const [sign, word] = now ? looksOf(now) : ['', '관측 없음']
  const grade = Math.max(air?.pm10_grade ?? 0, air?.pm25_grade ?? 0)
  return html`<section data-part="home-weather" data-level=${suitability.level}>
    <h3>날씨 <span class="soft">${[region.sigungu, region.dong].filter(Boolean).join(' ')}</span></h3>
    <div class="now">
      <b class="temp">${now ? degrees(now.temp) : '–'}</b>
      <p>
        <b>${sign} ${word}</b><br />
        <span class="soft">체감 ${degrees(now?.feels_like ?? null)} · 미세먼지 ${AIR[grade] || '모름'}</span>
      </p>
    </div>
    <p class="suits">
      <i style=${{ background: suitability.color ?? 'transparent' }}></i>
      <b>${SUITABLE[suitability.level] ?? '알 수 없음'}</b> ${suitability.message}
    </p>
    ${outlook && html`<p>${outlook.kind === 'snow' ? '❄️' : '☂️'} ${outlook.message}</p>`}
    <p class="best">${best_hours.map(({ message }) => html`<b>${message}</b>`)}${best_hours_message}</p>
  </section>`
}

function Begin({ owner, actions, page: { header, active_walk, streak } }) {
  const name = header?.primary_pet?.name
  const title = active_walk ? '하던 산책 이어하기' : name ? `${withParticle(name)} 함께 산책하기` : '산책하기'
  return html`<section data-part="home-start">
    <button class="primary wide" onClick=${() => actions.open(owner, 'walk')}>${title}</button>
    ${streak && html`<p class="note" data-part="home-streak">연속 ${streak.current}일째 · 최고 ${streak.best}일${streak.is_today_done ? '' : ' · 오늘은 아직 걷지 않았어요'}</p>`}
  </section>`
}

/** 초코와, 콩이와, but 밤톨과: by whether the last syllable ends in a consonant. */
function withParticle(name) {
  const last = name.charCodeAt(name.length - 1) - 0xac00
  return `${name}${last >= 0 && last < 11_172 && last % 28 > 0 ? '과' : '와'}`
}

function Badges({ owner, actions, page: { badges_in_progress: badges } }) {
  if (!badges) return null
  return html`<section data-part="home-badges">
    <h3>진행 중인 뱃지 <button class="quiet" onClick=${() => actions.open(owner, 'record')}>전체보기 ></button></h3>
    <ul class="nearer">
      ${badges.map((badge) => html`<${Badge} key=${badge.id} ...${badge} />`)}
    </ul>
    ${badges.length === 0 && html`<p class="empty">새로운 뱃지에 도전해보세요!</p>`}
  </section>`
}

function Board({ page: { ranking } }) {
  if (!ranking) return null
  const { region, scope, participants, top3, me } = ranking
  const isBelow = me !== null && !top3.some(({ is_me }) => is_me)
  return html`<section data-part="home-board">
    <h3>${(scope === 'sigungu' ? region?.sigungu : region?.dong) ?? ''} 랭킹 <span class="soft">이번 주 · ${participants}명</span></h3>
    <ol class="board">
      ${top3.map(
        ({ rank, user, pet, distance_m, is_me }) =>
          html`<li class=${is_me ? 'mine' : ''}>
            <b>${rank}</b><span>${user.nickname}${pet ? ` · ${pet.name}` : ''}</span><span>${kilometres(distance_m)}</span>
          </li>`,
      )}
      ${isBelow && html`<li class="mine"><b>${me.rank}</b><span>나</span><span>${kilometres(me.distance_m)}</span></li>`}
    </ol>
    ${top3.length === 0 && html`<p class="empty">이번 주에 걸은 이웃이 아직 없어요</p>`}
  </section>`
}

function Banner({ owner, actions, page: { premium_banner: banner } }) {
  if (!banner) return null
  return html`<section class="upgrade" data-part="home-premium">
    <h3>${banner.title}</h3>
    <p class="note">${banner.text}</p>
    <button onClick=${() => actions.open(owner, 'premium')}>${banner.action}</button>
  </section>`
}
