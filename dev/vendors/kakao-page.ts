import { html } from 'hono/html'
import type { KakaoUser } from './kakao-state.ts'

/** The page on which somebody logs in with Kakao in a browser. Nobody has a password here: whoever asks says who they are. */
export function loginPage(asked: Readonly<Record<string, string>>, users: readonly KakaoUser[]) {
  return html`<!doctype html>
    <html lang="ko">
      <head>
        <meta charset="utf-8" />
        <title>카카오 로그인 (시뮬레이터)</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <style>
          body {
            max-width: 22rem;
            margin: 3rem auto;
            padding: 0 1rem;
            font:
              16px/1.6 system-ui,
              sans-serif;
          }
          label,
          input,
          button {
            display: block;
            box-sizing: border-box;
            width: 100%;
            font: inherit;
          }
          input,
          button {
            margin: 0.25rem 0 1rem;
            padding: 0.6rem;
          }
        </style>
      </head>
      <body>
        <h1>카카오 로그인</h1>
        <p>개발용 시뮬레이터예요. 카카오 회원번호만 적으면 그 사람으로 로그인해요.</p>
        <form>
          ${Object.entries(asked).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
          <label for="id">카카오 회원번호</label>
          <input id="id" name="id" inputmode="numeric" pattern="[1-9][0-9]{0,15}" list="known" required autofocus autocomplete="off" />
          <datalist id="known">${users.map(({ id, account }) => html`<option value="${id}">${account.nickname ?? ''}</option>`)}</datalist>
          <button name="decision" value="agree">동의하고 계속하기</button>
          <button name="decision" value="cancel" formnovalidate>취소</button>
        </form>
      </body>
    </html> `
}
