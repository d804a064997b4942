import { html } from 'htm/preact'
import { degrees, looksOf } from './now.js'

const PARTS = {
  pavement: '바닥',
  heat: '더위',
  cold: '추위',
  dust: '먼지',
  rain: '비',
  lightning: '번개',
  warning: '특보',
  salt: '제설제',
  uv: '자외선',
  ticks: '진드기',
  dark: '어둠',
}

const hourOf = (instant) => new Date(instant).toLocaleString('en', { timeZone: 'Asia/Seoul', hour: 'numeric', hour12: false })

/** The next twelve hours, with the paw level of each pet, and when to go. */
export function Hours({ owner, actions }) {
  const { weather, paws } = owner.outdoors
  if (!weather) return null
  const { hours, best_hours, best_hours_message } = weather
  const isBest = (at) => best_hours.some(({ from, to }) => at >= from && at < to)
  const levelAt = (forecast, at) => forecast.find((hour) => hour.at === at)?.index.level ?? null
  return html`<section data-part="hours">
    <h3>앞으로 12시간 <span class="soft">발바닥 지수 0–3</span></h3>
    <p class="best" data-part="best">${best_hours.map(({ message }) => html`<b>${message}</b>`)}${best_hours_message}</p>
    <div class="scroll">
      <table class="hours">
        <tbody>
          <tr>
            <th></th>
            ${hours.map(({ at }) => html`<th scope="col" class=${isBest(at) ? 'best-hour' : ''}>${hourOf(at)}시</th>`)}
          </tr>
          <tr>
            <th scope="row">하늘</th>
            ${hours.map((hour) => html`<td title=${looksOf(hour)[1]}>${looksOf(hour)[0]}</td>`)}
          </tr>
          <tr>
            <th scope="row">기온</th>
            ${hours.map(({ temp }) => html`<td>${degrees(temp)}</td>`)}
          </tr>
          <tr>
            <th scope="row">강수</th>
            ${hours.map(({ pop }) => html`<td>${pop === null ? '–' : `${pop}%`}</td>`)}
          </tr>
          ${paws.map(
            ({ pet, hours: forecast }) =>
              html`<tr key=${pet.id} data-pet=${pet.name}>
                <th scope="row">🐾 ${pet.name}</th>
                ${hours.map(({ at }) => html`<td class="paw" data-level=${levelAt(forecast, at)}>${levelAt(forecast, at) ?? '–'}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <${Paw} ...${{ owner, actions }} />
  </section>`
}

/** What this hour means for one pet, in words. */
function Paw({ owner, actions }) {
  const { paws, petId } = owner.outdoors
  const now = paws.find(({ pet }) => pet.id === petId)?.hours[0]?.index
  if (!now) return null
  const told = now.parts.filter(({ level, is_info, message }) => (level > 0 || is_info) && message)
  return html`<div class="held" data-part="paw">
    ${
      paws.length > 1 &&
      html`<span class="pick" role="group" aria-label="누구의 발바닥 지수">
        ${paws.map(
          ({ pet }) =>
            html`<button aria-pressed=${pet.id === petId} onClick=${() => actions.choosePet(owner, pet.id)}>${pet.name}</button>`,
        )}
      </span>`
    }
    <p><span class="paw" data-level=${now.level}>${now.level ?? '–'}</span> <b>${now.message ?? '알 수 없음'}</b></p>
    <ul>
      ${told.map(
        ({ part, level, value, unit, message }) =>
          html`<li key=${part}>
            <b>${PARTS[part]}${level > 0 ? ` ${level}` : ''}</b>
            ${message}${value === null ? '' : html` <span class="soft">${Math.round(value * 10) / 10} ${unit}</span>`}
          </li>`,
      )}
    </ul>
    <p class="note">${now.notice}</p>
  </div>`
}
