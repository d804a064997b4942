import { html } from 'htm/preact'
import { ago, duration, kilometres } from './format.js'
import { Sketch } from './sketch.js'

const FILTERS = { all: '전체', following: '팔로잉', local: '동네' }
const REACTIONS = { thumbs_up: '👍', heart: '❤️', joy: '😂', dog: '🐶', paw: '🐾', party: '🎉' }

/** What others share, and what one can do with it. */
export function Feed({ owner, actions }) {
  const { social, isBusy } = owner
  return html`<section data-part="feed">
    <h3>
      이웃 소식
      <span class="pick"
        >${Object.entries(FILTERS).map(
          ([filter, title]) =>
            html`<button aria-pressed=${filter === social.filter} disabled=${isBusy} onClick=${() => actions.readFeed(owner, filter)}>
              ${title}
            </button>`,
        )}</span
      >
    </h3>
    ${social.items?.length === 0 && html`<p class="empty" data-part="feed-empty">아직 공유한 산책이 없어요. 산책을 마치고 다른 사람에게 보여주면 여기에 나와요.</p>`}
    <ul class="feed">
      ${social.items?.map((card) => html`<${Card} key=${card.walk_id} ...${{ owner, actions, card }} />`)}
    </ul>
    ${social.next && html`<button class="wide" disabled=${isBusy} onClick=${() => actions.readMore(owner)}>더 보기</button>`}
  </section>`
}

function Card({ owner, actions, card }) {
  const { isBusy, social } = owner
  const { author, pets, region, posted_at, memo, photos, sketch, likes, liked, comments, reactions, my_reactions, following } = card
  const press = (action, argument) => () => actions[action](owner, card, argument)
  const figures = [
    card.distance_m === null ? null : kilometres(card.distance_m),
    card.duration_sec === null ? null : duration(card.duration_sec),
  ]
  return html`<li data-walk=${card.walk_id}>
    <header>
      <b>${pets.map(({ name }) => name).join(', ') || author.pet?.name || author.nickname}</b>
      <span class="soft">${author.nickname} · ${region?.dong ?? region?.sigungu ?? '어딘가'} · ${ago(posted_at, card.time_precision)}</span>
      <button class="quiet" disabled=${isBusy} onClick=${press('follow')}>${following ? '팔로잉' : '팔로우'}</button>
    </header>
    <figure class="sketch">
      <${Sketch} sketch=${sketch} />
      <figcaption>
        <b>${figures.filter(Boolean).join(' · ')}</b>
        ${memo && html`<p>${memo}</p>`}
      </figcaption>
    </figure>
    <div class="photos">${photos.map(({ thumbnail_url }) => html`<img src=${thumbnail_url} alt="산책 사진" />`)}</div>
    <div class="acts">
      <button class="quiet" aria-pressed=${liked} disabled=${isBusy} onClick=${press('like')} data-part="like">
        ${liked ? '♥' : '♡'} ${likes}
      </button>
      <button class="quiet" aria-expanded=${social.opened === card.walk_id} disabled=${isBusy} onClick=${press('openComments')}>
        댓글 ${comments}
      </button>
      <button class="quiet" disabled=${isBusy} onClick=${press('hideCard')}>숨기기</button>
      <button class="quiet" disabled=${isBusy} onClick=${press('report')}>신고</button>
    </div>
    <div class="acts">
      ${Object.entries(REACTIONS).map(
        ([reaction, emoji]) =>
          html`<button
            class="quiet"
            aria-label=${reaction}
            aria-pressed=${my_reactions.includes(reaction)}
            disabled=${isBusy}
            onClick=${press('react', reaction)}
          >
            ${emoji} ${reactions[reaction] ?? ''}
          </button>`,
      )}
    </div>
    ${social.opened === card.walk_id && html`<${Comments} ...${{ owner, actions, card }} />`}
  </li>`
}

function Comments({ owner, actions, card }) {
  const say = (event) => {
    event.preventDefault()
    actions.say(owner, card, new FormData(event.target).get('content'))
    event.target.reset()
  }
  return html`<div class="comments" data-part="comments">
    <ul>
      ${owner.social.comments.map(
        ({ id, author, content, held }) =>
          html`<li key=${id}><b>${author.nickname}</b> ${content}${held && html` <i class="soft">검토 중</i>`}</li>`,
      )}
    </ul>
    <form class="choose" onSubmit=${say}>
      <input name="content" aria-label="댓글" maxlength="500" autocomplete="off" required placeholder="댓글 달기" />
      <button disabled=${owner.isBusy}>올리기</button>
    </form>
  </div>`
}
