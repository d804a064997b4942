import type { Page } from 'playwright-core'
import { check, ORIGIN, shoot, step, until } from './browser.ts'
import { Column, COORDINATES, secondsOf, seesMoving } from './column.ts'
import { makeCourses } from './courses.ts'
import { seeEmptyHome, seeHome } from './home.ts'
import { gather } from './meetups.ts'
import { lookOutside } from './outdoors.ts'
import { buyPremium } from './premium.ts'

/** Two owners on the playground's page. */

/** The rest of a short walk at ten times its pace. */
const WALK_MS = 150_000

async function logIn(page: Page, father: Column, mother: Column): Promise<void> {
  step('both log in at one press, and are still there after a reload')
  const answer = await page.goto(`${ORIGIN}/playground`)
  check(answer?.ok() === true, 'the page to be there')
  check(/default-src 'self'/.test(answer?.headers()['content-security-policy'] ?? ''), 'a policy that keeps to this origin')
  await page.getByLabel('첫 번째 보호자').fill(father.nickname)
  await page.getByLabel('두 번째 보호자').fill(mother.nickname)
  await page.getByRole('button', { name: '둘 다 로그인' }).click()
  for (const owner of [father, mother]) await owner.root.locator('.tabs').waitFor()
  await page.reload()
  for (const owner of [father, mother]) {
    await owner.root.locator('.tabs').waitFor()
    await owner.shows('title', owner.nickname)
  }
}

async function meet(page: Page, father: Column, mother: Column): Promise<void> {
  step('one invites, the other accepts')
  for (const owner of [father, mother]) await owner.open('together')
  await father.press('초대하기')
  await mother.shows('invitation', '답을 기다리는 중')
  await mother.press('수락')
  await father.shows('invitation', '수락됨')
  await mother.shows('unread', /[1-9]/)

  step('both are in the room')
  for (const owner of [father, mother]) {
    await owner.press('방 들어가기')
    await owner.shows('room', '함께 걷는 중')
  }

  step('near home there is no position')
  await page.getByRole('button', { name: '×10' }).click()
  for (const owner of [father, mother]) {
    await owner.open('walk')
    await owner.press('산책 시작')
  }
  for (const owner of [father, mother]) await owner.open('together')
  await mother.whereabouts(father).filter({ hasText: '만나러 오는 중' }).waitFor()

  step('each sees the other walk, who wants to be seen')
  for (const owner of [father, mother]) await owner.press('집 근처에서도 보여주기')
  await Promise.all([seesMoving(mother, father), seesMoving(father, mother)])
  check((await page.locator('.map .seen').count()) === 2, 'the map to show both as the other sees them')

  step('and no longer, who has changed their mind')
  await father.press('집 근처에서는 숨기기')
  await mother.whereabouts(father).filter({ hasText: '만나러 오는 중' }).waitFor()
  await father.press('집 근처에서도 보여주기')
  await seesMoving(mother, father)
}

async function block(father: Column, mother: Column): Promise<void> {
  step('who is blocked hears nothing more')
  await father.open('me')
  await father.press('상대 차단')
  await mother.shows('room', '4003')
  check((await mother.whereabouts(father).count()) === 0, 'nothing of the other to be left')

  step('and after the block they must ask each other anew')
  await father.press('차단 해제')
  await father.open('together')
  await father.press('초대하기')
  await mother.press('수락')
  for (const owner of [father, mother]) {
    await owner.press('방 들어가기')
    await owner.shows('room', '함께 걷는 중')
  }
  for (const owner of [father, mother]) {
    const reveal = owner.root.getByRole('button', { name: '집 근처에서도 보여주기', exact: true })
    if (await reveal.isVisible()) await reveal.click()
  }
  await Promise.all([seesMoving(mother, father), seesMoving(father, mother)])
}

/** Ends the father's walk on the way, and waits for the end of the mother's. */
async function complete(page: Page, father: Column, mother: Column): Promise<void> {
  step('a reload on the way does not end the walk')
  await page.reload()
  await father.open('walk')
  await mother.open('together')
  await mother.shows('room', '함께 걷는 중')

  step('who completes early has walked what they have walked')
  // Dogs stop, so no time alone says how far they have come. What is left of a short walk then is less than 300 m.
  const earlySec = 0.85 * (await father.lengthSec())
  await until('most of the way', async () => ((await father.walkedSec()) >= earlySec ? true : undefined), WALK_MS)
  await father.press('산책 완료')
  await father.shows('result-title', '산책 완료!')
  const figures = (await father.part('figures').textContent()) ?? ''
  check(/^0\.[5-9]\d km/.test(figures), `about 0.6 km, but it is ${figures}`)
  const tookSec = secondsOf(figures)
  check(Math.abs(tookSec - earlySec) < 60, `the time walked, ${earlySec} s, but it is ${tookSec} s`)
  check((await father.part('progress').count()) === 0, 'nothing that is half done')
  check((await page.locator('.map .ahead.a').count()) === 0, 'nothing left ahead on the map')
  await father.shows('goal', /^[1-9]\d*% · 0\.[5-9]\d km/)
  await father.shows('rank', '위')
  await father.shows('badges', '첫 발자국')
  await father.shows('nearer', '1km 워커')
  await father.open('together')
  await father.shows('room', '산책을 마쳤어요')

  step('the requests are shown, and whose they are')
  // The other one's walk may complete itself meanwhile.
  const completion = page.locator('.exchange.a[data-method=POST][data-path$="/complete"]')
  check((await completion.locator('.status').textContent()) === '200', 'the completion and its status')
  await completion.locator('summary').click()
  await completion.locator('pre').filter({ hasText: '"valid": true' }).waitFor()
  const traffic = page.locator('[data-part=traffic]')
  await traffic.getByRole('button', { name: mother.nickname }).click()
  await until('none of the other one', async () => ((await page.locator('.exchange.a').count()) === 0 ? true : undefined))
  await traffic.getByRole('button', { name: '둘 다' }).click()

  step('a walk that is over completes itself')
  await mother.open('walk')
  await mother.part('result-title').filter({ hasText: '산책 완료!' }).waitFor({ timeout: WALK_MS })
  await mother.shows('badges', '첫 발자국')
  await father.shows('room', '둘 다 산책을 마쳤어요')
  for (const [owner, other] of [
    [father, mother],
    [mother, father],
  ] as const) {
    await owner.open('me')
    await owner.shows('ledger', other.nickname)
  }
}

/** What can be done with a walk, and what it has brought. */
async function show(father: Column): Promise<void> {
  step('a photo, the card, and what the other one sees')
  await father.open('walk')
  await father.press('예시 사진 올리기')
  await father.press('공유 카드 만들기')
  const pictures = father.part('photos').locator('img')
  await until('the photo and the card to be drawn', async () => {
    const widths = await pictures.evaluateAll((images) =>
      images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    )
    return widths.length === 2 && widths.every((width) => width > 0) ? true : undefined
  })
  await father.part('share-link').waitFor()
  await father.shows('seen', '나만')
  await father.root.getByLabel('이 산책을 다른 사람에게 보여줘요').click()
  await father.shows('seen', '보여요.')

  step('streak, board and badges')
  await father.open('record')
  await father.shows('streak', '1일째')
  await father.shows('near', '1km 워커')

  step("the app's client reads what the page shows")
  const { items } = await (await father.client(ORIGIN)).get('/walks')
  await father.open('walk')
  await father.shows('figures', `${(Math.floor((items[0]?.distance_m ?? 0) / 10) / 100).toFixed(2)} km`)
}

/** What the other one sees of it in the feed, and does with it. */
async function cheer(father: Column, mother: Column): Promise<void> {
  step('the other one finds it in the feed, follows, likes and comments')
  await mother.open('feed')
  const card = mother.part('feed').locator('li', { hasText: father.nickname }).first()
  await card.getByRole('button', { name: '팔로우', exact: true }).click()
  await card.getByRole('button', { name: '팔로잉', exact: true }).waitFor()
  await card.locator('[data-part=like]').click()
  await card.locator('[data-part=like]').filter({ hasText: '♥ 1' }).waitFor()
  await card.getByRole('button', { name: 'paw' }).click()
  await card.locator('button[aria-label=paw][aria-pressed=true]').waitFor()
  await card.getByRole('button', { name: '댓글 0' }).click()
  await card.getByLabel('댓글', { exact: true }).fill('오늘도 좋은 산책이네요!')
  await card.getByRole('button', { name: '올리기' }).click()
  await card.locator('[data-part=comments] li', { hasText: '오늘도 좋은 산책이네요!' }).waitFor()
  await father.open('notices')
  for (const text of ['팔로우했어요', '산책 기록을 좋아해요', '오늘도 좋은 산책이네요!']) await father.shows('notifications', text)
}

async function part(father: Column, mother: Column): Promise<void> {
  step('the walk together ends')
  for (const owner of [father, mother]) await owner.open('together')
  // The reload has hidden her again, and of who goes unseen the others hear late.
  await mother.press('집 근처에서도 보여주기')
  await father.whereabouts(mother).filter({ hasText: COORDINATES }).waitFor()
  await mother.press('함께 걷기 끝내기')
  await mother.shows('room', '1000')
  await father.shows('friends', '방에 없어요')
  await father.press('초대 취소')
  await mother.shows('invitation', '취소됨')
  await father.shows('room', '4002')

  step('a car is refused')
  await mother.open('walk')
  await mother.part('course').selectOption('car')
  await mother.press('산책 시작')
  await until('three minutes of the ride', async () => ((await mother.walkedSec()) >= 180 ? true : undefined), WALK_MS)
  await mother.press('산책 완료')
  await mother.shows('result-title', '인정되지 않았어요')
  await mother.shows('reasons', '탈것')
}

async function logOut(page: Page): Promise<void> {
  step('both log out')
  await page.getByRole('button', { name: '둘 다 로그아웃' }).click()
  await page.getByRole('button', { name: '둘 다 로그인' }).waitFor()
}

/** Two owners walk together. */
export async function playTogether(page: Page, screenshots: string): Promise<void> {
  const tag = Math.random().toString(36).slice(2, 7)
  const [father, mother] = [new Column(page, 'a', `초코아빠${tag}`), new Column(page, 'b', `콩이엄마${tag}`)]
  await logIn(page, father, mother)
  await seeEmptyHome(mother)
  await shoot(page, screenshots, 'home-empty', 2_400)
  await meet(page, father, mother)
  await shoot(page, screenshots, 'walking')
  await block(father, mother)
  await complete(page, father, mother)
  await show(father)
  await cheer(father, mother)
  await shoot(page, screenshots, 'feed')
  await buyPremium(father, mother)
  await shoot(page, screenshots, 'premium')
  await lookOutside(father)
  await shoot(page, screenshots, 'outdoors', 2_400)
  await seeHome(father)
  await shoot(page, screenshots, 'home', 2_400)
  await makeCourses(father, mother, ORIGIN)
  await shoot(page, screenshots, 'courses', 2_400)
  for (const owner of [father, mother]) await owner.open('walk')
  await shoot(page, screenshots, 'completed')
  await part(father, mother)
  await gather(father, mother)
  await shoot(page, screenshots, 'meetups', 2_800)
  await logOut(page)
  await shoot(page, screenshots, 'over')
}
