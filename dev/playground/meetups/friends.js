import { html } from 'htm/preact'

const REASONS = {
  same_dong: '같은 동네',
  same_hours: '비슷한 시간에 산책',
  same_breed: '같은 견종',
  same_size: '비슷한 크기',
  similar_distance: '비슷한 산책량',
}
const TIMES = { dawn: '새벽', morning: '아침', afternoon: '오후', evening: '저녁', night: '밤' }

/** Whom the owner may like to follow, and why. */
export function Friends({ owner, actions }) {
  const { meetups, isBusy } = owner
  const button = (text, action, person, kind = '') =>
    html`<button class=${`quiet ${kind}`} disabled=${isBusy} onClick=${() => actions[action](owner, person)}>${text}</button>`
  return html`<section data-part="friends-to-follow">
    <h3>이웃 추천</h3>
    <ul class="meetups">
      ${meetups.friends.map(
        (person) =>
          html`<li key=${person.user.id}>
            <header>
              <b>${person.pet.name}</b>
              ${person.reasons.map((reason) => html`<span class="tag">${REASONS[reason]}</span>`)}
            </header>
            <p class="soft">${factsOf(person)}</p>
            <div class="acts">
              ${button('팔로우', 'followNeighbour', person, 'strong')} ${button('그만 보기', 'dismissNeighbour', person)}
            </div>
          </li>`,
      )}
      ${meetups.friends.length === 0 && html`<li class="empty">같은 구에서 산책하는 이웃이 생기면 추천해 드려요</li>`}
    </ul>
  </section>`
}

function factsOf({ user, pet, region, usual_time, follows_me, score }) {
  const facts = [
    user.nickname,
    pet.breed?.name ?? pet.breed,
    region?.dong,
    usual_time && `${TIMES[usual_time]} 산책`,
    follows_me && '나를 팔로우해요',
  ]
  return [...facts, `${Math.round(score * 100)}점`].filter(Boolean).join(' · ')
}
