import { check, step, until } from './browser.ts'
import type { Column } from './column.ts'

interface Place {
  readonly id: string
  readonly lat: number | null
  readonly lng: number | null
}

const HOME = { lat: 37.5006, lng: 127.0364 }
const METRES = { lat: 111_320, lng: 111_320 * Math.cos((HOME.lat * Math.PI) / 180) }
/** Nearer to home nothing can be published: a cell of 500 m, 500 m around it, and 100 m beside the line. */
const FROM_HOME_M = 1_700

/** Two parks with a way between them that keeps away from home. */
function farPair(places: readonly Place[]): [Place, Place] | undefined {
  const at = ({ lat, lng }: Place) => ({ x: (lng! - HOME.lng) * METRES.lng, y: (lat! - HOME.lat) * METRES.lat })
  const pairs = places.flatMap((from, k) => places.slice(k + 1).map((to): [Place, Place] => [from, to]))
  return pairs.find(([from, to]) => {
    const [a, b] = [at(from), at(to)]
    const length = Math.hypot(b.x - a.x, b.y - a.y)
    const share = Math.min(1, Math.max(0, -(a.x * (b.x - a.x) + a.y * (b.y - a.y)) / length ** 2))
    return length > 400 && Math.hypot(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)) > FROM_HOME_M
  })
}

/** A premium owner makes courses, publishes one between two parks, and the other one keeps it. */
export async function makeCourses(father: Column, mother: Column, origin: string): Promise<void> {
  const name = `공원 코스 ${father.nickname}`
  step('a course of the walk is made, and drawn')
  await father.open('courses')
  const make = father.part('make-course')
  const makeOf = async (title: string, of: 'walk' | 'places' | 'drawn') => {
    await make.getByLabel('코스 이름').fill(title)
    await make.getByLabel('어떤 길').selectOption(of)
    await make.getByRole('button', { name: '코스 만들기' }).click()
    await father.part('publish').locator('h3', { hasText: title }).waitFor()
  }
  await makeOf('오늘 걸은 길', 'walk')
  check((await father.part('course-map').locator('.course[data-kind=mine]').count()) > 0, 'the course to be drawn')

  step('a course between two parks is made, looked at and published')
  const ids = await make
    .page()
    .locator('[data-owner=a] select[aria-label="어디에서"] option')
    .evaluateAll((options) => options.map((option) => (option as unknown as { value: string }).value))
  const client = await father.client(origin)
  const half = 0.04
  const wide = (half * 1.25) / Math.cos((HOME.lat * Math.PI) / 180)
  const { items } = await client.get('/places', {
    query: {
      bbox: [HOME.lng - wide, HOME.lat - half, HOME.lng + wide, HOME.lat + half].map((side) => side.toFixed(5)).join(),
      category: 'park,dog_run,beach,mountain',
    },
  })
  const pair = farPair((items as Place[]).filter((place) => place.lat !== null && ids.includes(place.id)))
  check(pair !== undefined, 'two parks away from home')
  const [from, to] = pair!
  const chooseEnds = async (part: 'publish' | 'make-course') => {
    await father.part(part).getByLabel('어디에서').selectOption(from.id)
    await father.part(part).getByLabel('어디까지').selectOption(to.id)
  }
  await chooseEnds('publish')
  await makeOf(name, 'places')
  await father.press('다른 사람에게 보이는 모습')
  await father.shows('preview', name)
  const shown = (await father.part('preview').textContent()) ?? ''
  await father.press('공개하기')
  await father.press('내 코스')
  const mine = father.part('course-list').locator('li', { hasText: name })
  await mine.filter({ hasText: '공개 중' }).waitFor()

  step('the other one sees what the preview said, and keeps it')
  await mother.open('courses')
  const seen = mother.part('course-list').locator('li', { hasText: name })
  await seen.filter({ hasText: `${father.nickname}님이 공개했어요` }).waitFor()
  const length = /까지 ([\d.]+ k?m)/.exec(shown)?.[1] ?? 'nothing'
  check(((await seen.textContent()) ?? '').includes(length), `the length of the preview, ${length}`)
  await seen.getByRole('button', { name: '코스 즐겨찾기' }).click()
  await seen.locator('button[aria-label="코스 즐겨찾기"][aria-pressed=true]').waitFor()

  step('it is withdrawn, and the favourite says that it is gone')
  await father.press('공개 그만두기')
  await mother.press('즐겨찾기')
  await mother.part('course-list').locator('li[data-gone=true]', { hasText: '사라진 코스예요' }).waitFor()
  await until('no line of it', async () => ((await mother.part('course-map').locator('.course').count()) === 0 ? true : undefined))

  step('the heat map is shown, or says that too few walk here')
  await father.press('열지도')
  const cells = father.part('course-map').locator('.heat')
  await father.shows('heat', /칸에 여러 사람이 걸어요|아직 없어요/)
  const told = (await father.part('heat').textContent()) ?? ''
  check((await cells.count()) === Number(/(\d+)칸/.exec(told)?.[1] ?? 0), `as many cells as it says: ${told}`)
  await father.press('열지도')
  await until('no cell', async () => ((await cells.count()) === 0 ? true : undefined))

  step('a way is drawn on the map')
  const map = father.part('course-map').locator('svg')
  for (const [x, y] of [
    [60, 60],
    [140, 90],
    [200, 40],
  ] as const)
    await map.click({ position: { x, y } })
  await makeOf('그린 길', 'drawn')
}
