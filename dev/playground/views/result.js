import { html } from 'htm/preact'
import { amount, duration, kilometres } from './format.js'
import { Sketch } from './sketch.js'

const PROGRESS_SHOWN = 3

/** What the server made of the walk. Every figure here is the server's. */
export function Result({ owner, actions }) {
  const { completion, isDeleted } = owner.walking
  const { valid, ranked, walk, reasons, badges_earned, badge_progress, ranking, weekly_goal, streak } = completion
  const figures = [kilometres(walk.distance_m), duration(walk.duration_sec), `${walk.calories ?? 0} kcal`]
  return html`<section class="result ${valid ? '' : 'refused'}" data-part="result" aria-label="산책 결과">
      <h3 data-part="result-title">${valid ? '산책 완료!' : '산책으로 인정되지 않았어요'}</h3>
      <p class="figures" data-part="figures">${figures.map((figure) => html`<b>${figure}</b>`)}</p>
      ${
        valid &&
        html`<${Goal} ...${{ weekly_goal, streak }} />
          <p data-part="rank">${rankText(ranking, ranked)}</p>`
      }
      <ul class="reasons" data-part="reasons">
        ${reasons.map(({ detail, code, effect, rule }) => html`<li class=${effect}>${detail} <code>${rule ? `${code}/${rule}` : code}</code></li>`)}
      </ul>
      <ul class="badges" data-part="badges">
        ${badges_earned.map(({ icon, name, description }) => html`<li title=${description}><i>${icon}</i>${name}</li>`)}
      </ul>
      <ul class="nearer" data-part="nearer">
        ${badge_progress.slice(0, PROGRESS_SHOWN).map((badge) => html`<${Badge} ...${badge} />`)}
      </ul>
    </section>
    ${valid && !isDeleted && html`<${Shown} ...${{ owner, actions }} />`}
    <section>
      <div class="buttons">
        ${
          isDeleted
            ? html`<button disabled=${owner.isBusy} onClick=${() => actions.putBack(owner)}>산책 되살리기</button>`
            : html`<button disabled=${owner.isBusy} onClick=${() => actions.remove(owner)}>산책 지우기</button>`
        }
      </div>
    </section>`
}

function Goal({ weekly_goal: { percent, distance_m, goal_km }, streak }) {
  return html`<div class="labelled">
    <span>이번 주 목표</span
    ><span data-part="goal">${percent}% · ${kilometres(distance_m)} / ${goal_km} km · 연속 ${streak.current}일</span>
    <div class="bar"><i style=${{ width: `${Math.min(100, percent)}%` }}></i></div>
  </div>`
}

export function Badge({ icon, name, previous_value, progress_value, progress_percent, threshold, metric }) {
  const before = previous_value === undefined ? 0 : Math.min(100, (100 * previous_value) / threshold)
  return html`<li class="labelled">
    <span>${icon} ${name}</span><span>${amount(progress_value, metric)} / ${amount(threshold, metric)}</span>
    <div class="bar"><i style=${{ width: `${progress_percent}%` }}></i><i class="before" style=${{ width: `${before}%` }}></i></div>
  </li>`
}

function rankText(ranking, isRanked) {
  if (!isRanked) return '순위에는 오르지 않는 산책이에요.'
  if (!ranking?.rank_after) return ''
  const { rank_before, rank_after, participants } = ranking
  const moved = rank_before === null ? '이번 주 첫 순위' : rank_before === rank_after ? '그대로' : `${rank_before}위에서`
  return `동네 ${participants}명 가운데 ${rank_after}위 (${moved})`
}

/** What others get to see of it: the sketch, the photos, the card. */
function Shown({ owner, actions }) {
  const { completion, card, seen } = owner.walking
  const { sketch, shared_to_feed: isShared, photos, company } = completion.walk
  const takeFile = ({ target }) => {
    const [file] = target.files
    if (file) actions.addPhoto(owner, file)
    target.value = ''
  }
  return html`<section>
      <h3>다른 사람에게 보이는 모습</h3>
      <label class="check"
        ><input
          type="checkbox"
          checked=${isShared}
          disabled=${owner.isBusy}
          onChange=${(event) => actions.share(owner, event.target.checked)}
        />
        이 산책을 다른 사람에게 보여줘요</label
      >
      <figure class="sketch" data-part="sketch">
        <${Sketch} sketch=${sketch} />
        <figcaption data-part="seen">
          ${isShared ? seenText(owner, seen) : '지금은 나만 볼 수 있어요. 보여줘도 지도는 보이지 않고, 길의 모양만 보여요.'}
        </figcaption>
      </figure>
      <p class="note" data-part="company">
        ${
          company.length > 0
            ? `함께 걸었어요: ${company.map(({ nickname }) => nickname).join(', ')}`
            : '둘이 30분 안에 출발해서 방 안에서 200 m 안에 모두 10분 넘게 있으면 함께 걸은 산책이 돼요. 위치가 서로 보이는 동안만, 실제 시간으로 세요. ×1로 걸어 보세요.'
        }
      </p>
    </section>
    <section>
      <h3>사진과 공유 카드</h3>
      <div class="buttons">
        <button disabled=${owner.isBusy} onClick=${() => actions.addPhoto(owner)}>예시 사진 올리기</button>
        <label class="button"><input type="file" accept="image/*" onChange=${takeFile} />사진 고르기</label>
        <button disabled=${owner.isBusy} onClick=${() => actions.makeCard(owner)}>공유 카드 만들기</button>
      </div>
      <div class="photos" data-part="photos">
        ${photos.map(({ photo_url, thumbnail_url }) => html`<a href=${photo_url} target="_blank"><img src=${thumbnail_url} alt="산책 사진" /></a>`)}
        ${card && html`<a href=${here(card.share_url)} target="_blank"><img src=${here(card.url)} alt="공유 카드" /></a>`}
      </div>
      ${card && html`<p data-part="share-link"><a href=${here(card.share_url)} target="_blank">공유 링크 열기</a></p>`}
    </section>`
}

/** The same path on this page's origin, which may be called localhost. */
function here(url) {
  const { pathname, search } = new URL(url)
  return pathname + search
}

function seenText({ other }, seen) {
  const who = other.me?.nickname ?? '상대'
  if (!seen) return '지도는 보이지 않고, 길의 모양만 보여요.'
  if (seen.refusal) return `${who}님에게는 보이지 않아요 (${seen.refusal.status} ${seen.refusal.code}).`
  const { time_precision, was_seen_live, distance_m, sketch } = seen.walk
  if (was_seen_live) return `${who}님은 방에서 위치를 봤기 때문에 날짜만 보여요. 길의 모양과 거리는 보이지 않아요.`
  const times = { second: '초까지', minute: '분까지', day: '날짜만' }[time_precision]
  return `${who}님에게는 ${sketch ? '길의 모양과' : '발자국과(모양으로 그리기에는 짧아요)'} ${kilometres(distance_m)}, 시각은 ${times} 보여요.`
}
