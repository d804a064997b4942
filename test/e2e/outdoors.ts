import { check, step, until } from './browser.ts'
import type { Column } from './column.ts'

/** `suitability.color` of weather that asks for care. */
const CAUTION = 'rgb(239, 68, 68)'

/** One owner looks at the weather and at the places around. */
export async function lookOutside(father: Column): Promise<void> {
  step('it is made to rain, and the weather asks for care in its colour')
  await father.open('outdoors')
  await father.shows('suitability', /산책|주의|보통|최적/)
  await father.press('비')
  await father.shows('suitability', '비가 와요')
  await father.root.locator('[data-part=weather][data-level=caution]').waitFor()
  const style = (await father.part('suitability').locator('i').getAttribute('style')) ?? ''
  check(style.includes(CAUTION), `the colour of caution, but it is ${style}`)
  check((await father.part('hours').locator('tr[data-pet] td').count()) === 12, 'the paw index of twelve hours')

  step('the nearest hospital becomes a favourite')
  const list = father.part('place-list')
  const hospital = list.locator('li[data-kind=hospital]').first()
  const name = (await hospital.locator('b').textContent()) ?? ''
  await hospital.getByRole('button').click()
  await hospital.locator('button[aria-pressed=true]').waitFor()
  await father.press('즐겨찾기')
  await until('no place but the favourite', async () => ((await list.locator('li').count()) === 1 ? true : undefined))
  await list.locator('li', { hasText: name }).waitFor()

  step('Kakao finds what is not kept here')
  await father.root.getByLabel('장소 검색').fill('애견카페')
  await father.press('검색')
  await list.locator('li[data-kind=cafe] a').first().waitFor()

  step('it is the weather of the season again')
  await father.press('계절대로')
  await until('no rain', async () => ((await father.part('suitability').textContent())?.includes('비가 와요') ? undefined : true))
}
