import { step } from './browser.ts'
import type { Column } from './column.ts'

/** One owner subscribes with a card, and the other one in the store of their phone. */
export async function buyPremium(father: Column, mother: Column): Promise<void> {
  step('a card begins a trial, the charge after it is agreed to, and it is cancelled at one press')
  await father.open('premium')
  await father.shows('premium', '무료로 쓰고 있어요')
  await father.press('카드 등록하고 구독')
  await father.shows('subscriptions', '무료 체험 중')
  await father.shows('consent', '3,900원을 결제할까요?')
  await father.press('결제에 동의')
  await father.shows('subscriptions', '에 3,900원')
  await father.press('구독 해지')
  await father.shows('subscriptions', '해지 예약')
  await father.press('해지 취소')
  await father.shows('subscriptions', '무료 체험 중')

  step('a theme is paid once, though the line is cut meanwhile')
  const goods = father.part('goods')
  await goods.getByLabel('카드', { exact: true }).selectOption('cut')
  await goods.getByRole('button', { name: '결제하기' }).click()
  await goods.locator('h3').filter({ hasText: '다크 테마' }).waitFor()
  await father.shows('payments', /^다크 테마 2,000원/)

  step('a month passes in the store, and is paid there')
  await mother.open('premium')
  await mother.press('스토어에서 사고 확인받기')
  await mother.shows('subscriptions', '구독 중')
  await mother.press('한 달 뒤로')
  await mother.part('payments').locator('li').nth(1).waitFor()
  await mother.press('스토어에서 해지')
  await mother.shows('subscriptions', '해지 예약')
}
