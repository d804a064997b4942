import { html } from 'htm/preact'

const CATEGORIES = { all: '모두', small: '소형견', medium: '중형견', large: '대형견' }
const WHEN = { soon: '30분 뒤', 1: '내일 이맘때', 3: '사흘 뒤', 7: '다음 주' }
const SEATS = [2, 3, 5, 10, 15]

/** A meetup where the owner is now. */
export function Make({ owner, actions }) {
  const make = (event) => {
    event.preventDefault()
    const form = new FormData(event.target)
    actions.makeMeetup(owner, {
      title: String(form.get('title')).trim(),
      category: form.get('category'),
      when: form.get('when'),
      seats: Number(form.get('seats')),
      isWeekly: form.has('weekly'),
      isAsked: form.has('asked'),
    })
  }
  const choice = (name, label, options, chosen) =>
    html`<select name=${name} aria-label=${label}>
      ${Object.entries(options).map(([value, text]) => html`<option value=${value} selected=${value === chosen}>${text}</option>`)}
    </select>`
  return html`<section data-part="make-meetup">
    <h3>모임 열기</h3>
    <form class="pay" onSubmit=${make}>
      <input name="title" aria-label="모임 제목" maxlength="40" defaultValue="동네 한 바퀴 같이 걸어요" autocomplete="off" required />
      ${choice('when', '언제', WHEN, 'soon')} ${choice('category', '누구와', CATEGORIES, 'all')}
      ${choice('seats', '정원', Object.fromEntries(SEATS.map((seats) => [seats, `${seats}명`])), '3')}
      <label class="check"><input type="checkbox" name="weekly" /> 매주</label>
      <label class="check row"><input type="checkbox" name="asked" /> 참가 신청을 받아 직접 고를게요</label>
      <div class="buttons"><button class="primary wide" disabled=${owner.isBusy}>모임 열기</button></div>
    </form>
    <p class="note">지금 있는 곳에서 모여요. 라이브 방은 시작 30분 전에 열리니, 30분 뒤의 모임이면 바로 들어갈 수 있어요.</p>
  </section>`
}
