import { html } from 'htm/preact'

const STEPS = ['한쪽이 초대하고, 다른 쪽이 수락해요', '둘 다 방에 들어가 산책을 시작해요', '산책을 완료하고, 오간 요청을 살펴봐요']

/** What is shown before anybody has logged in. */
export function Start({ owners, actions }) {
  const isBusy = owners.some((owner) => owner.isBusy)
  const { problem = null } = owners.find((owner) => owner.problem) ?? {}
  const logIn = (event) => {
    event.preventDefault()
    const form = new FormData(event.target)
    actions.logInBoth(owners.map(({ key }) => String(form.get(key)).trim()))
  }
  return html`<main class="start">
    <form class="card" onSubmit=${logIn}>
      <svg class="scene" viewBox="0 0 320 96" aria-hidden="true">
        <path class="a" d="M14 78C60 20 96 88 150 52S236 14 304 40" />
        <path class="b" d="M14 84C62 30 98 94 152 60S238 24 300 52" />
        <circle class="a" cx="304" cy="40" r="8" />
        <circle class="b" cx="300" cy="56" r="8" />
      </svg>
      <h2>두 보호자의 산책을 한 화면에서</h2>
      <p>실제 API를 그대로 불러요. 카카오 로그인만 흉내 내요.</p>
      <div class="names">
        ${owners.map(
          ({ key, name }) =>
            html`<label class=${key}
              ><i class="mark solid"></i><span>${key === 'a' ? '첫 번째 보호자' : '두 번째 보호자'}</span>
              <input name=${key} defaultValue=${name} maxlength="12" autocomplete="off" required />
            </label>`,
        )}
      </div>
      <button class="primary wide" disabled=${isBusy}>${isBusy ? '로그인하고 있어요…' : '둘 다 로그인'}</button>
      ${problem && html`<p class="bad" role="alert">${problem.message}</p>`}
      <ol class="steps">
        ${STEPS.map((step) => html`<li>${step}</li>`)}
      </ol>
    </form>
  </main>`
}
