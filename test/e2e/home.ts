import { check, step } from './browser.ts'
import type { Column } from './column.ts'

/** The first screen of somebody who has done nothing yet. */
export async function seeEmptyHome(mother: Column): Promise<void> {
  step('the home screen of somebody who has just come')
  await mother.open('home')
  await mother.shows('home-start', '콩이와 함께 산책하기')
  await mother.shows('home-recent', '아직 산책 기록이 없어요. 첫 산책을 시작해보세요!')
  await mother.shows('home-week', '0회')
  await mother.shows('home-premium', '무료 체험')
  check((await mother.part('home-failed').count()) === 0, 'no section to be missing')
}

/** The same after a walk, and with premium. */
export async function seeHome(father: Column): Promise<void> {
  step('the home screen shows the walk, and with premium no advertisement')
  await father.open('home')
  await father.shows('home-week', '1회')
  await father.shows('home-streak', '연속 1일째')
  await father.shows('home-badges', '1km 워커')
  await father.shows('home-weather', /최적|보통|주의|알 수 없음/)
  const walks = father.part('home-recent').locator('li[data-walk]')
  check((await walks.count()) === 1 && (await walks.locator('polyline').count()) === 1, 'the walk with its way')
  check((await father.part('home-nearby').locator('li:not(.empty)').count()) > 0, 'places around')
  for (const part of ['home-ad', 'home-premium', 'home-failed']) check((await father.part(part).count()) === 0, `no ${part}`)
}
