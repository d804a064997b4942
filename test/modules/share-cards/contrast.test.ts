import { describe, expect, it } from 'vitest'
import { LEGAL_STYLE } from '../../../src/modules/legal/page.ts'
import { type Palette, paletteOf, type Season, type Theme } from '../../../src/modules/share-cards/themes.ts'

/** WCAG 2.2, 1.4.3. */
const LEAST = 4.5

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const looks: [Theme, Season][] = [
  ['basic', 'spring'],
  ['dark', 'spring'],
  ['season', 'spring'],
  ['season', 'summer'],
  ['season', 'autumn'],
  ['season', 'winter'],
]

/** Every text of the card, the preview and the page, on what it lies on. The background runs from one colour to the other. */
const pairs = ({ ink, muted, background, panel, pill, pillInk }: Palette) => ({
  'text above': [ink, background[0]],
  'text below': [ink, background[1]],
  'labels above': [muted, background[0]],
  'labels below': [muted, background[1]],
  'the second button': [ink, panel],
  'labels on a panel': [muted, panel],
  'badges, and the button the other way round': [pillInk, pill],
})

describe.each(looks)('%s in %s', (theme, season) => {
  it.each(Object.entries(pairs(paletteOf(theme, season))))('%s can be read', (_, [text = '', ground = '']) => {
    expect(contrast(text, ground)).toBeGreaterThanOrEqual(LEAST)
  })
})

it('the measure is that of WCAG', () => {
  expect(contrast('#000000', '#FFFFFF')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#FFFFFF')).toBeCloseTo(4.48, 2)
})

it('documents can be read by day and by night', () => {
  const short = (colour: string) => colour.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
  const blocks = [...LEGAL_STYLE.matchAll(/:root\{([^}]*)\}/g)].map(([, text]) =>
    Object.fromEntries(text!.split(';').map((one) => one.slice(2).split(':'))),
  )
  expect(blocks).toHaveLength(3)
  for (const { paper, ink, muted, link } of blocks)
    for (const colour of [ink, muted, link]) expect(contrast(short(colour!), short(paper!))).toBeGreaterThanOrEqual(LEAST)
})
