import { html } from 'htm/preact'
import { clock } from '../views/format.js'

const SKIES = { clear: ['☀️', '맑음'], mostly_cloudy: ['⛅', '구름 많음'], overcast: ['☁️', '흐림'] }
const FALLING = {
  rain: ['🌧️', '비'],
  rain_snow: ['🌨️', '비나 눈'],
  snow: ['❄️', '눈'],
  shower: ['🌦️', '소나기'],
  drizzle: ['🌧️', '빗방울'],
  drizzle_snow: ['🌨️', '빗방울과 눈날림'],
  flurry: ['❄️', '눈날림'],
}
const GRADES = ['', '좋음', '보통', '나쁨', '매우 나쁨']
const SUITABLE = { optimal: '최적', moderate: '보통', caution: '주의' }

/** Its sign and its word. What falls hides the sky. */
export const looksOf = ({ pty, sky }) => FALLING[pty] ?? SKIES[sky] ?? ['', '알 수 없음']
export const degrees = (value) => (value === null ? '–' : `${Math.round(value * 10) / 10}°`)

/** What is measured, and whether it is weather for a walk. */
export function Now({ owner }) {
  const { weather } = owner.outdoors
  if (!weather)
    return html`<section>
      <h3>지금 날씨</h3>
      <p class="empty" data-part="weather">날씨를 알 수 없어요. 산책은 할 수 있어요.</p>
    </section>`
  const { region, weather: now, suitability, outlook, stale, observed_at, extremes, warnings } = weather
  const [sign, word] = now ? looksOf(now) : ['', '관측 없음']
  return html`<section data-part="weather" data-level=${suitability.level}>
    <h3>
      ${[region.sigungu, region.dong].filter(Boolean).join(' ')}
      <span class="soft"
        >${observed_at && `${clock(observed_at)} 관측`}${stale && html` <b class="stale" data-part="stale">오래됨</b>`}</span
      >
    </h3>
    <div class="now">
      <b class="temp">${now ? degrees(now.temp) : '–'}</b>
      <p>
        <b>${sign} ${word}</b><br />
        <span class="soft">체감 ${degrees(now?.feels_like ?? null)} · 최저 ${degrees(extremes.min)} · 최고 ${degrees(extremes.max)}</span>
      </p>
    </div>
    <p class="suits" data-part="suitability">
      <i style=${{ background: suitability.color ?? 'transparent' }}></i>
      <b>${SUITABLE[suitability.level] ?? '알 수 없음'}</b> ${suitability.message}
    </p>
    ${outlook && html`<p data-part="outlook">${outlook.kind === 'snow' ? '❄️' : '☂️'} ${outlook.message}</p>`}
    <${Air} air=${weather.air_quality} />
    <ul class="alerts" data-part="warnings">
      ${warnings.map(({ kind, level, zone, message }) => html`<li key=${`${zone} ${kind}`} data-level=${level}>${message} <span>${zone}</span></li>`)}
    </ul>
    <p class="note">${weather.sources.map(({ name, notice }) => [name, notice].filter(Boolean).join(': ')).join(' · ')}</p>
  </section>`
}

function Air({ air }) {
  if (!air) return html`<p class="air" data-part="air">가까운 측정소의 대기질이 없어요</p>`
  const one = (title, value, grade) =>
    html`<span class="grade" data-grade=${grade}>${title} <b>${value ?? '–'}</b> ${grade ? GRADES[grade] : '모름'}</span>`
  const stations = [...new Set([air.pm10_station, air.pm25_station].filter(Boolean))]
  return html`<p class="air" data-part="air">
    ${one('미세', air.pm10_value, air.pm10_grade)} ${one('초미세', air.pm25_value, air.pm25_grade)}
    <span class="soft">${stations.join(', ')} · ${clock(air.measured_at)}</span>
  </p>`
}
