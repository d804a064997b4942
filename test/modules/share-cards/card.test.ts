import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawCard } from '../../../src/modules/share-cards/card.ts'
import type { CardContent } from '../../../src/modules/share-cards/picture.ts'
import { drawPreview } from '../../../src/modules/share-cards/preview.ts'
import { rasterize } from '../../../src/modules/share-cards/rasterizing.ts'
import { seasonOf, themes } from '../../../src/modules/share-cards/themes.ts'
import { formatDay, formatDuration, formatKm, pageTitleOf, titleOf } from '../../../src/modules/share-cards/words.ts'
import { createTestDeps } from '../../support/api.ts'
import { inspectPhoto, type Region } from '../../support/photos.ts'

const { assets } = createTestDeps()
const fonts = await Promise.all(
  ['noto-sans-kr-bold', 'noto-sans-kr-medium-labels', 'noto-emoji-bold'].map(
    async (name) => new Uint8Array(await (await assets.fetch(`https://assets/fonts/${name}.ttf`)).arrayBuffer()),
  ),
)

const CONTENT: CardContent = {
  theme: 'basic',
  day: '2026-11-24',
  distance_m: 2_345,
  duration_sec: 1_925,
  calories: 128,
  pets: ['초코'],
  badges: [],
  sketch: [
    [0, 1],
    [2, 0],
    [5, 1],
    [4, 4],
    [1, 3],
    [0, 1],
  ],
}
const render = (change: Partial<CardContent> = {}) => rasterize(drawCard({ ...CONTENT, ...change }, null), fonts)
const look = async (change: Partial<CardContent>, ...regions: Region[]) => (await inspectPhoto(await render(change), regions)).colors

/** A row of the background is one colour; whatever else changes colour on the way along it is drawn there. */
const isEmpty = ({ changes }: { changes: number }, [, , , height]: Region) => changes <= height + 2

const LEFT_OF_TITLE: Region = [0, 484, 66, 100]
const TITLE: Region = [72, 484, 936, 100]
const RIGHT_OF_TITLE: Region = [1_014, 484, 66, 100]
const MIDDLE_OF_PANEL: Region = [240, 760, 600, 320]
const DISTANCE: Region = [260, 1_300, 560, 170]
const FIGURES: Region = [140, 1_500, 800, 120]
const PILLS: Region = [300, 1_660, 480, 110]
const ALL_TEXT = [TITLE, DISTANCE, FIGURES] as const

describe('the card', () => {
  it('is a PNG of 1080 by 1920 that shows name, way, distance, time and calories', async () => {
    const { format, width, height, colors } = await inspectPhoto(await render(), [...ALL_TEXT, MIDDLE_OF_PANEL])
    expect([format, width, height]).toEqual(['png', 1_080, 1_920])
    for (const color of colors) expect(color.changes).toBeGreaterThan(1_000)
  })

  it.each([
    ['ten letters, as wide as they get', ['WWWWWWWWWW']],
    ['ten syllables', ['쀍뷁꿻뛟쀍뷁꿻뛟쀍뷁']],
    ['ten emojis', ['🐶🐶🐶🐶🐶🐶🐶🐶🐶🐶']],
    ['two long names', ['쀍뷁꿻뛟쀍뷁꿻뛟쀍뷁', 'WWWWWWWWWW']],
    ['five pets', ['쀍뷁꿻뛟쀍뷁꿻뛟쀍뷁', 'a', 'b', 'c', 'd']],
  ])('keeps %s within its margins', async (_, pets) => {
    const regions = [LEFT_OF_TITLE, TITLE, RIGHT_OF_TITLE] as const
    const [left, title, right] = await look({ pets }, ...regions)
    expect(isEmpty(left!, LEFT_OF_TITLE)).toBe(true)
    expect(isEmpty(right!, RIGHT_OF_TITLE)).toBe(true)
    expect(title!.changes).toBeGreaterThan(2_000)
  })

  it('draws emojis as what they are, the first of those that are joined, and every syllable there is', async () => {
    const names = ['🐶', '🐱', '👨', '❤️', '가', '뷁', '힣', '쀏']
    const cards = await Promise.all(names.map((name) => render({ pets: [name] })))
    const seen = new Set(cards.map((card) => card.join()))
    expect(seen.size).toBe(names.length)
    expect(await render({ pets: ['👨‍👩‍👧'] })).toEqual(cards[2])
    expect(await render({ pets: ['👍🏽초코🐕‍🦺'] })).toEqual(await render({ pets: ['👍초코🐕'] }))
    expect(titleOf(['🇰🇷초코', '#️⃣'])).toBe('초코·#와 함께한 산책')
  })

  it('leaves out what no font has, and has a name for who has none left', async () => {
    expect(titleOf(['漢字'])).toBe('우리 아이와 함께한 산책')
    expect(titleOf(['초코漢'])).toBe('초코와 함께한 산책')
    expect(await render({ pets: ['العربية'] })).toEqual(await render({ pets: [] }))
  })

  it('shows paws where the walk is too small for a sketch', async () => {
    const [panel] = await look({ sketch: null }, MIDDLE_OF_PANEL)
    expect(panel!.changes).toBeGreaterThan(800)
    expect(drawCard({ ...CONTENT, sketch: null }, null)).not.toContain('stroke="url(#route)" stroke-width="18"')
  })

  it('shows up to two badges by name and how many more there are, and no empty row without any', async () => {
    const badge = (name: string) => ({ icon: '🐾', name })
    const [none] = await look({}, PILLS)
    const [three] = await look({ badges: [badge('첫 발자국'), badge('1km 워커'), badge('얼리버드')] }, PILLS)
    expect(three!.changes).toBeGreaterThan(none!.changes + 800)
    const svg = drawCard({ ...CONTENT, badges: [badge('첫 발자국'), badge('1km 워커'), badge('얼리버드')] }, null)
    expect([svg.includes('1km 워커'), svg.includes('얼리버드'), svg.includes('+1')]).toEqual([true, false, true])
  })

  it('looks different in every theme and season', async () => {
    const corner: Region = [4, 4, 8, 8]
    const days = ['2026-04-01', '2026-07-01', '2026-10-01', '2026-12-25']
    const looks = await Promise.all([
      ...themes.map((theme) => look({ theme }, corner)),
      ...days.map((day) => look({ theme: 'season', day }, corner)),
    ])
    expect(new Set(looks.map(([color]) => color!.mean.join())).size).toBe(3 + 3)
    expect(days.map(seasonOf)).toEqual(['spring', 'summer', 'autumn', 'winter'])
  })

  it('is SVG that nobody writes into, whatever a pet or a badge is called', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 12 })
    fc.assert(
      fc.property(word, word, word, (name, badge, icon) => {
        const svg = drawCard({ ...CONTENT, pets: [`${name}<`], badges: [{ icon, name: `</svg>${badge}` }] }, null)
        expect(svg.match(/<svg/g)).toHaveLength(1)
        expect(svg.match(/<\/svg>/g)).toHaveLength(1)
        expect(svg.replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]/)
      }),
    )
  })

  it.each([
    [0, '0.00'],
    [999, '0.99'],
    [2_349, '2.34'],
    [12_345, '12.34'],
    [99_999, '99.99'],
    [123_456, '123.4'],
  ])('rounds %s m down to %s km', (metres, text) => {
    expect(formatKm(metres)).toBe(text)
  })

  it.each([
    [45, '45초'],
    [60, '1분'],
    [1_925, '32분'],
    [3_600, '1시간'],
    [7_500, '2시간 5분'],
  ])('says %s seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})

describe('the preview', () => {
  const preview = (change: Partial<CardContent> = {}) => rasterize(drawPreview({ ...CONTENT, ...change }, null), fonts)
  const TOP: Region = [0, 0, 1_200, 15]
  const BOTTOM: Region = [0, 615, 1_200, 15]
  const RIGHT_MARGIN: Region = [1_142, 150, 58, 40]
  const NAMES: Region = [808, 150, 332, 80]

  it('is a PNG of 1200 by 630 that shows way, name, distance and time', async () => {
    const { format, width, height, colors } = await inspectPhoto(await preview(), [
      [120, 120, 400, 400],
      NAMES,
      [632, 320, 500, 110],
      [632, 440, 500, 60],
    ])
    expect([format, width, height]).toEqual(['png', 1_200, 630])
    for (const color of colors) expect(color.changes).toBeGreaterThan(500)
  })

  it('has nothing in what KakaoTalk cuts off, however long its texts are', async () => {
    const badges = [{ icon: '🐾', name: '쀍뷁꿻뛟쀍뷁꿻뛟쀍뷁' }]
    for (const pets of [['초코'], ['🐶🐶🐶🐶🐶🐶🐶🐶🐶🐶', 'WWWWWWWWWW'], ['쀍뷁꿻뛟쀍뷁꿻뛟쀍뷁', 'a', 'b']]) {
      const svg = drawPreview({ ...CONTENT, pets, badges, distance_m: 123_456, duration_sec: 42_000, calories: 12_345 }, null)
      const [top, bottom, right, names] = (await inspectPhoto(await rasterize(svg, fonts), [TOP, BOTTOM, RIGHT_MARGIN, NAMES])).colors
      const plain = (await inspectPhoto(await preview({ pets: [], badges: [] }), [TOP, BOTTOM, RIGHT_MARGIN])).colors
      expect([top, bottom, right]).toEqual(plain)
      expect(names!.changes).toBeGreaterThan(500)
    }
  })

  it('keeps names large enough to read', () => {
    for (const pets of [['🐶🐶🐶🐶🐶🐶🐶🐶🐶🐶'], ['WWWWWWWWWW', '쀍뷁꿻뛟쀍뷁꿻뛟쀍뷁'], ['쀍뷁꿻뛟쀍뷁꿻뛟쀍뷁']]) {
      const sizes = [...drawPreview({ ...CONTENT, pets }, null).matchAll(/<text [^>]*font-size="(\d+)"/g)].map(([, size]) => Number(size))
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(24)
    }
  })
})

describe('words', () => {
  it.each([
    ['2026-11-29', '2026.11.29 (일)'],
    ['2026-11-30', '2026.11.30 (월)'],
  ])('say %s as %s', (day, text) => {
    expect(formatDay(day)).toBe(text)
  })

  it.each([
    [['犬犬犬'], '犬犬犬와 함께한 산책'],
    [['หมา'], 'หมา와 함께한 산책'],
    [['𝓒𝓱𝓸𝓬𝓸'], '𝓒𝓱𝓸𝓬𝓸와 함께한 산책'],
    [['👨‍👩‍👧‍👦'], '👨‍👩‍👧‍👦와 함께한 산책'],
    [['🇰🇷1️⃣초코'], '🇰🇷1️⃣초코와 함께한 산책'],
    [['كلب', '콩'], '\u2068كلب\u2069·콩과 함께한 산책'],
    [['\u202e초코\u2066'], '초코와 함께한 산책'],
    [['\u200b\u3164'], '우리 아이와 함께한 산책'],
  ])('name %j on the page as a browser can show it', (pets, title) => {
    expect(pageTitleOf(pets)).toBe(title)
  })
})
