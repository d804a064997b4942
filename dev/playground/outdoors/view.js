import { html } from 'htm/preact'
import { Hours } from './hours.js'
import { KNOBS } from './knobs.js'
import { Now } from './now.js'
import { Places } from './places.js'

/** The weather with all that follows from it, and the places around. */
export function OutdoorsTab({ owner, actions }) {
  const { outdoors } = owner
  if (!outdoors.isRead) return html`<p class="empty">불러오고 있어요…</p>`
  const given = { owner, actions }
  return html`<${Now} ...${given} /><${Hours} ...${given} /><${Knobs} ...${given} /><${Places} ...${given} />`
}

/** The vendors are simulated, so that it can be any weather. */
function Knobs({ owner, actions }) {
  const { isBusy, world } = owner
  return html`<section data-part="knobs">
    <h3>날씨 바꾸기 <span class="soft">시뮬레이터</span></h3>
    <div class="acts">
      ${Object.entries(KNOBS).map(
        ([name, { title }]) =>
          html`<button
            class="quiet"
            disabled=${isBusy}
            aria-pressed=${name === world.weather}
            onClick=${() => actions.setWeather(owner, name)}
          >
            ${title}
          </button>`,
      )}
    </div>
    <p class="note">관측, 예보와 대기질이 함께 바뀌어요. 서버가 읽어 둔 날씨는 한 시간 지난 것으로 만들어요.</p>
  </section>`
}
