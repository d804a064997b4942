import type { Locator } from 'playwright-core'
import { check, step, until } from './browser.ts'
import type { Column } from './column.ts'
import { Person } from './person.ts'

const HOME = { lat: 37.5006, lng: 127.0364 }

const cardOf = (owner: Column, part: 'my-meetups' | 'meetups', title: string): Locator =>
  owner.part(part).locator('[data-meetup]', { hasText: title }).first()
/** Around, also when others have opened many that begin sooner. */
async function find(owner: Column, title: string): Promise<Locator> {
  return until(`${owner.nickname} to find the meetup`, async () => {
    const card = cardOf(owner, 'meetups', title)
    if ((await card.count()) > 0) return card
    const more = owner.part('meetups').getByRole('button', { name: '더 보기' })
    if ((await more.count()) > 0) await more.click()
    return undefined
  })
}
const press = (at: Locator, name: string) => at.getByRole('button', { name, exact: true }).click()

async function open(owner: Column, { title, when, seats, asked }: { title: string; when: string; seats: string; asked?: boolean }) {
  const form = owner.part('make-meetup')
  await form.getByLabel('모임 제목').fill(title)
  await form.getByLabel('언제').selectOption(when)
  await form.getByLabel('정원').selectOption(seats)
  await form.getByLabel('참가 신청을 받아').setChecked(asked ?? false)
  await press(form, '모임 열기')
  await cardOf(owner, 'my-meetups', title).waitFor()
}

/** One owner opens meetups, and the other one joins, waits, is taken, and enters the live room. */
export async function gather(father: Column, mother: Column): Promise<void> {
  const [soon, later, picky] = ['지금', '내일', '신청'].map((word) => `${word} 걸어요 ${father.nickname}`) as [string, string, string]
  step('one opens a meetup, the other one finds it, and both are in its room')
  for (const owner of [father, mother]) await owner.open('meetups')
  await open(father, { title: soon, when: 'soon', seats: '3' })
  await press(await find(mother, soon), '참가하기')
  const joined = cardOf(mother, 'my-meetups', soon)
  await joined.filter({ hasText: '2 / 3명' }).waitFor()
  for (const owner of [father, mother]) {
    await press(cardOf(owner, 'my-meetups', soon), '라이브 방 들어가기')
    await owner.shows('room', '함께 걷는 중')
    await owner.shows('room-of', soon)
  }
  await mother.whereabouts(father).waitFor()
  for (const owner of [father, mother]) {
    await owner.press('잠깐 나가기')
    await owner.open('meetups')
  }

  step('who comes too late waits, and gets the seat that comes free')
  await open(father, { title: later, when: '1', seats: '2' })
  const third = await new Person().logIn()
  await third.succeed('PUT', '/users/me/location', HOME)
  await third.succeed('POST', '/pets', { name: '두부', species: 'dog', weight_kg: 5 })
  const { json } = await third.succeed('GET', '/meetups?radius_m=1000&limit=50')
  const found = (json.items as { meetup: { id: string; title: string } }[]).find(({ meetup }) => meetup.title === later)
  check(found !== undefined, 'a third one to find the meetup')
  await third.succeed('POST', `/meetups/${found!.meetup.id}/join`)
  await mother.open('meetups')
  await press(await find(mother, later), '대기하기')
  await cardOf(mother, 'my-meetups', later).filter({ hasText: '대기 1번째' }).waitFor()
  await third.succeed('DELETE', `/meetups/${found!.meetup.id}/join`)
  await cardOf(mother, 'my-meetups', later).filter({ hasText: '참가해요' }).waitFor()

  step('the host answers who asks')
  await open(father, { title: picky, when: '3', seats: '5', asked: true })
  await mother.open('meetups')
  await press(await find(mother, picky), '참가 신청')
  await cardOf(mother, 'my-meetups', picky).filter({ hasText: '답을 기다려요' }).waitFor()
  const hosted = cardOf(father, 'my-meetups', picky)
  await press(hosted, '누가 오나요')
  await press(hosted.locator('[data-part=people] li', { hasText: mother.nickname }), '승인')
  await cardOf(mother, 'my-meetups', picky).filter({ hasText: '참가해요' }).waitFor()
  await press(cardOf(mother, 'my-meetups', picky), '나가기')
  await (await find(mother, picky)).filter({ hasText: '나갔어요' }).waitFor()

  step('a neighbour is recommended, and dismissed')
  const friends = father.part('friends-to-follow').locator('li:not(.empty)')
  const nickname = /^\S+/.exec((await friends.first().locator('p').textContent()) ?? '')?.[0] ?? ''
  await press(friends.first(), '그만 보기')
  await until('them to be gone', async () => ((await friends.filter({ hasText: nickname }).count()) === 0 ? true : undefined))
}
