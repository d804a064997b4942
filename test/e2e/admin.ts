import type { Locator, Page } from 'playwright-core'
import { readAddresses } from '../../dev/launcher/addresses.ts'
import { connectPostgres } from '../../dev/postgres-client.ts'
import { check, ORIGIN, shoot, step, TestFailed, until } from './browser.ts'
import { askSimulator, Person } from './person.ts'

/** An admin on their page decides what others have reported. */

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 800 }
/** A case with pictures and reports is long on a phone. */
const TALLEST = 2_400

const press = (at: Page | Locator, name: string) => at.getByRole('button', { name, exact: true }).click()
const says = (page: Page, text: string | RegExp) => page.locator('[role=status], [role=alert]').filter({ hasText: text }).first().waitFor()
const card = (page: Page, text: string) => page.locator('article.card').filter({ hasText: text })

/** By hand in the database, as an admin is made in production. */
async function makeAdmin({ kakao_id }: Person): Promise<void> {
  const addresses = await readAddresses()
  if (!addresses) throw new TestFailed('no stack runs in this folder')
  const client = await connectPostgres(addresses.postgres)
  await client.query(
    `UPDATE users SET role = 'admin' WHERE id = (SELECT user_id FROM identities WHERE provider = 'kakao' AND provider_id = $1)`,
    [kakao_id],
  )
  await client.end()
}

/** Logs in through Kakao's page, on which the simulator asks who it is. */
async function logIn(page: Page, admin: Person): Promise<void> {
  step('whoever is no admin sees a sentence')
  await page.setViewportSize(PHONE)
  const answer = await page.goto(`${ORIGIN}/admin#/reports`)
  check(answer?.ok() === true, 'the page to be there')
  check(/default-src 'none'/.test(answer?.headers()['content-security-policy'] ?? ''), 'a policy that allows our own files alone')
  await press(page, '카카오로 로그인')
  await page.getByLabel('카카오 회원번호').fill(admin.kakao_id)
  await press(page, '동의하고 계속하기')
  await page.getByText('이 페이지는 멍이랑을 운영하는 사람만 쓸 수 있어요.').waitFor()
  check(!page.url().includes('code='), 'no code to stay in the address')
  check((await page.locator('nav').count()) === 0, 'nothing of the page to be there')

  step('whoever has become one sees the queue, also after a reload')
  await makeAdmin(admin)
  await press(page, '다시 확인')
  await page.getByRole('link', { name: '처리할 신고' }).waitFor()
  await page.reload()
  await page.getByRole('link', { name: '처리할 신고' }).waitFor()
}

const inQueue = (page: Page, memo: string) => page.locator('.row-card').filter({ hasText: memo })

async function remove(page: Page, folder: string, { walk, memo, other }: { walk: string; memo: string; other: Person }): Promise<void> {
  step('on a phone: a walk is removed, and nobody sees it')
  check(await other.sees(walk), 'the walk to be seen before')
  await inQueue(page, memo).click()
  const picture = page.locator('.case img').first()
  await until('the photo to be drawn', async () => {
    const width = await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)
    return width > 0 ? true : undefined
  })
  await page.getByText('강아지가 다친 것 같아요').waitFor()
  await shoot(page, folder, 'admin-case', TALLEST)
  await page.setViewportSize(PHONE)
  await page.getByLabel('메모').fill('사진을 확인함')
  await press(page, '삭제')
  await says(page, '삭제했어요')
  await page.locator('.case header').getByText('삭제된 상태').waitFor()
  check(!(await other.sees(walk)), 'nobody to see the walk')
  await page.getByRole('link', { name: '← 목록' }).click()
  await until('it to have left the queue', async () => ((await inQueue(page, memo).count()) === 0 ? true : undefined))
  await page.getByRole('link', { name: '처리한 신고' }).click()
  await inQueue(page, memo).getByText('삭제', { exact: true }).waitFor()
}

async function suspend(
  page: Page,
  { walk, memo, author, other }: { walk: string; memo: string; author: Person; other: Person },
): Promise<void> {
  step('on a desktop: a suspension asks once more, and can be taken back')
  await page.setViewportSize(DESKTOP)
  await page.getByRole('link', { name: '처리할 신고' }).click()
  await inQueue(page, memo).press('Enter')
  check(await inQueue(page, memo).isVisible(), 'the queue to stand beside the case')
  const ask = page.getByRole('button', { name: '7일' })
  await ask.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  check(await other.sees(walk), 'nothing to have happened')
  await ask.press('Enter')
  await press(page.getByRole('dialog'), '7일 정지')
  await says(page, '글쓴이의 이용을 7일 동안 정지했어요')
  check(!(await other.sees(walk)), 'nobody to see the walk')
  const { json } = await author.ask('PATCH', `/walks/${walk}`, { memo: '다시 써요' })
  check(json.code === 'account_suspended', `somebody suspended to write nothing (${JSON.stringify(json)})`)
  await press(page, '되돌리기')
  await says(page, '마지막 처리를 되돌렸어요')
  check(await other.sees(walk), 'the walk to be back')
}

async function comeLate(page: Page, folder: string, { walk, memo, colleague }: { walk: string; memo: string; colleague: Person }) {
  step('what another admin has decided meanwhile is said in words')
  await inQueue(page, memo).click()
  await page.locator('.case').getByText(memo).first().waitFor()
  await colleague.succeed('PATCH', `/admin/reports/walk/${walk}`, { action: 'dismiss' })
  await press(page, '경고')
  await says(page, /다른 운영자가 .* 먼저 처리했어요: 문제 없음/)
  await page.getByText('더 처리할 것이 없어요.').waitFor()
  await shoot(page, folder, 'admin-late', TALLEST)
}

async function answerOthers(page: Page, folder: string, { author, other }: { author: Person; other: Person }): Promise<void> {
  step('nobody answers an appeal against what they did themselves')
  const { json: mine } = await author.succeed('GET', '/users/me/moderation')
  const removal = mine.items.find(({ action }: { action: string }) => action === 'remove')
  await author.succeed('POST', '/appeals', { action_id: removal.id, text: `${author.nickname}의 이야기를 들어 주세요.` })
  await page.getByRole('link', { name: '이의 제기' }).click()
  await card(page, author.nickname).getByText('이 조치를 한 운영자는 답할 수 없어요').waitFor()
  await shoot(page, folder, 'admin-appeals', TALLEST)

  step('a claim of somebody without an account closes a walk')
  const walk = await author.shareWalk(`네 번째 ${author.nickname}`, 12)
  const claim = { claimant_name: '김보호', contact: 'claimant@example.com', ground: 'privacy', statement: '제 얼굴이 나와요' }
  const { json: receipt } = await new Person().succeed('POST', '/takedowns', { ...claim, target_type: 'walk', target_id: walk })
  await page.getByRole('link', { name: '권리 침해' }).click()
  const claimed = card(page, receipt.case_number)
  await claimed.getByText('claimant@example.com').waitFor()
  await press(claimed, '30일 동안 게시 중단')
  await claimed.getByText('게시를 중단했어요').waitFor()
  check(!(await other.sees(walk)), 'nobody to see it')
  await shoot(page, folder, 'admin-takedowns', 6_000)
}

/** Somebody who has had a trial with a card subscribes anew, and the card is declined. */
async function decline(): Promise<void> {
  const number = `4${Math.random().toString().slice(2, 13).padEnd(11, '0')}0001`
  for (const isRefused of [false, true]) {
    const person = await new Person().logIn()
    const { json } = await person.succeed('GET', '/subscription/plans')
    const { auth_key, customer_key } = await askSimulator('toss/card', { customer_key: json.customer_key, number })
    const { status } = await person.ask('POST', '/payments/billing/issue', { auth_key, customer_key, plan: 'monthly' })
    check(status === (isRefused ? 422 : 201), `the card to be ${isRefused ? 'declined' : 'taken'} (${status})`)
  }
}

async function lookAround(page: Page, folder: string): Promise<void> {
  step('jobs, dead letters, and an announcement that is looked at before it goes out')
  await page.setViewportSize(DESKTOP)
  await page.getByRole('link', { name: '작업', exact: true }).click()
  await page.getByRole('heading', { name: '최근 실행' }).waitFor()
  await page.getByRole('link', { name: '데드 레터' }).click()
  await page.getByText('큐가 여러 번 해 보고 포기한 메시지예요').waitFor()

  step('of payments, a card that was declined')
  await decline()
  await page.getByRole('link', { name: '결제', exact: true }).click()
  await page.getByText('돈이 나갔는지 아직 몰라요').waitFor()
  await page.getByRole('link', { name: /^포기한 결제 [1-9]/ }).click()
  await page.locator('article.card').filter({ hasText: 'REJECT_CARD_PAYMENT' }).first().waitFor()
  await shoot(page, folder, 'admin-payments', 6_000)

  await page.setViewportSize(DESKTOP)
  await page.getByRole('link', { name: '공지' }).click()
  await page.getByLabel('제목').fill('새로워진 멍이랑')
  await page.getByLabel('내용').fill('산책 기록이 더 정확해졌어요.')
  await page.getByText('(광고) 새로워진 멍이랑').waitFor()
  await press(page, '확인하고 알리기')
  await press(page.getByRole('dialog'), '알리기')
  await says(page, '알렸어요')
  await shoot(page, folder, 'admin-announce')
}

async function logOut(page: Page): Promise<void> {
  step('a log-out ends the session')
  const token = await page.evaluate<string>(`JSON.parse(sessionStorage.getItem('admin.tokens')).access_token`)
  await press(page, '로그아웃')
  await page.getByRole('button', { name: '카카오로 로그인' }).waitFor()
  const { status } = await fetch(`${ORIGIN}/users/me`, { headers: { Authorization: `Bearer ${token}` } })
  check(status === 401, `the token to be good no longer (${status})`)
  check((await page.evaluate<number>('sessionStorage.length')) === 0, 'nothing to be left in the browser')
}

export async function moderate(page: Page, folder: string): Promise<void> {
  const [author, reporter, other, colleague] = await Promise.all([1, 2, 3, 4].map(() => new Person().logIn()))
  if (!author || !reporter || !other || !colleague) throw new Error('nobody has logged in')
  await makeAdmin(colleague)
  const memos = ['첫 번째', '두 번째', '세 번째'].map((name) => `${name} ${author.nickname}`)
  const walks: string[] = []
  for (const [index, memo] of memos.entries()) walks.push(await author.shareWalk(memo, 3 * index))
  await author.addPhoto(walks[0]!)
  for (const target_id of walks) {
    const description = '강아지가 다친 것 같아요. 확인해 주세요.'
    await reporter.succeed('POST', '/reports', { target_type: 'walk', target_id, reason: 'inappropriate', description })
  }
  await logIn(page, new Person())
  await shoot(page, folder, 'admin-queue')
  await page.setViewportSize(PHONE)
  await remove(page, folder, { walk: walks[0]!, memo: memos[0]!, other })
  await suspend(page, { walk: walks[1]!, memo: memos[1]!, author, other })
  await comeLate(page, folder, { walk: walks[2]!, memo: memos[2]!, colleague })
  await answerOthers(page, folder, { author, other })
  await lookAround(page, folder)
  await logOut(page)
}
