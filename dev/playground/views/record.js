import { html } from 'htm/preact'
import { clock, kilometres } from './format.js'
import { Badge } from './result.js'

/** Streak, the board of the week and the badges. */
export function Record({ owner, actions }) {
  const { record, isBusy } = owner
  if (!record) return html`<p class="empty">불러오고 있어요…</p>`
  const { streak, summary, badges, board } = record
  return html`<section>
      <h3>연속 산책</h3>
      <p class="figures" data-part="streak"><b>${streak.current}일째</b><b>최고 ${streak.best}일</b></p>
      <p class="note">
        ${streak.is_today_done ? '오늘은 걸었어요.' : '오늘은 아직 걷지 않았어요.'}${streak.breaks_at ? ` ${breaks(streak.breaks_at)}` : ''}
      </p>
    </section>
    <section>
      <h3>
        ${board.region?.dong ?? ''} 이번 주 순위
        <button class="quiet" disabled=${isBusy} onClick=${() => actions.fireHour(owner)}>정각 작업 돌리기</button>
      </h3>
      <ol class="board" data-part="board">
        ${board.items.map(
          ({ rank, user, pet, distance_m, is_me }) =>
            html`<li class=${is_me ? 'mine' : ''}>
              <b>${rank}</b><span>${user.nickname}${pet ? ` · ${pet.name}` : ''}</span><span>${kilometres(distance_m)}</span>
            </li>`,
        )}
      </ol>
      <p class="note">
        ${board.as_of ? `${clock(board.as_of)} 기준, ${board.participants}명이 걸었어요.` : '아직 순위표가 없어요.'} 프리미엄이 아니면 매시
        정각에 바뀌어요.
      </p>
    </section>
    <section>
      <h3>뱃지 <span class="soft" data-part="summary">${summary.earned} / ${summary.total} · ${summary.grade}</span></h3>
      <ul class="nearer" data-part="near">
        ${badges.map((badge) => html`<${Badge} key=${badge.id} ...${badge} />`)}
      </ul>
      ${badges.length === 0 && html`<p class="note">첫 산책을 마치면 뱃지가 모이기 시작해요.</p>`}
    </section>`
}

const breaks = (instant) =>
  `${new Date(instant).toLocaleString('ko-KR', { timeZone: 'Asia/Seoul', month: 'long', day: 'numeric', hour: 'numeric' })}까지 걸으면 이어져요.`
