import { particle } from '../../core/korean.ts'
import type { Sketch } from '../walks/schema.ts'
import { PAW, pawTrail, scatter } from './motifs.ts'
import { sketchPath } from './sketch-path.ts'
import { BOLD, drawable, fittingSize, hasEmoji, LABEL, textLine, widthAt } from './text.ts'
import { type Palette, paletteOf, seasonOf, type Theme } from './themes.ts'

export const CARD_WIDTH = 1_080
export const CARD_HEIGHT = 1_920
/** The version of the drawing. A new version draws every card again, at another address, and deletes the old ones. */
const CARD_VERSION = 2

/** How the name of a card of this drawing begins. */
export const CARD_PREFIX = `v${CARD_VERSION}-`

/** Where a card is. The version is in the address, because messengers keep pictures by their address. */
export const cardUrl = (pageUrl: string): string => `${pageUrl}/card.png?v=${CARD_VERSION}`

/** All that a card shows. It says nothing about its owner. */
export interface CardContent {
  readonly theme: Theme
  /** Seoul's, `YYYY-MM-DD`. */
  readonly day: string
  readonly distance_m: number
  readonly duration_sec: number
  readonly calories: number | null
  readonly pets: readonly string[]
  readonly badges: readonly { readonly icon: string; readonly name: string }[]
  /** What others see of the way (docs/product.md#privacy). Null where the walk is too small for it. */
  readonly sketch: Sketch | null
}

const MARGIN = 72
const CENTER = CARD_WIDTH / 2
const WEEKDAYS = ['일', '월', '화', '수', '목', '금', '토']
const PILLS_MAX = 2

/** The card as SVG. `photo` is a picture of the pet as a data URL. */
export function drawCard(content: CardContent, photo: string | null): string {
  const palette = paletteOf(content.theme, seasonOf(content.day))
  const hasBadges = content.badges.length > 0
  const panel = { x: MARGIN, y: 604, width: CARD_WIDTH - 2 * MARGIN, height: hasBadges ? 636 : 720 }
  const statsY = panel.y + panel.height
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CARD_WIDTH}" height="${CARD_HEIGHT}" viewBox="0 0 ${CARD_WIDTH} ${CARD_HEIGHT}">`,
    definitions(palette),
    `<rect width="${CARD_WIDTH}" height="${CARD_HEIGHT}" fill="url(#background)"/>`,
    scatter(palette),
    header(content, palette),
    portrait(photo, palette),
    title(content, palette),
    routePanel(content, palette, panel),
    figures(content, palette, statsY),
    hasBadges ? pills(content, palette, statsY + 476) : '',
    textLine('withbowwow', { x: CENTER, y: 1_858, size: 34, fill: palette.muted, anchor: 'middle', font: LABEL, spacing: 6 }),
    '</svg>',
  ].join('')
}

function definitions({ background, route, dots }: Palette): string {
  const gradient = (id: string, [from, to]: readonly [string, string], direction: string) =>
    `<linearGradient id="${id}" ${direction}><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`
  return `<defs>${gradient('background', background, 'x1="0" y1="0" x2="0" y2="1"')}${gradient(
    'route',
    route,
    `gradientUnits="userSpaceOnUse" x1="${MARGIN + 90}" y1="0" x2="${CARD_WIDTH - MARGIN - 90}" y2="0"`,
  )}<pattern id="dots" width="36" height="36" patternUnits="userSpaceOnUse"><circle cx="18" cy="18" r="3" fill="${dots}"/></pattern><clipPath id="portrait"><circle cx="${CENTER}" cy="316" r="118"/></clipPath></defs>`
}

/** The app's name at the left, the day at the right. */
function header({ day }: CardContent, { ink, muted, route }: Palette): string {
  const weekday = WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? ''
  return [
    `<circle cx="${MARGIN + 34}" cy="112" r="34" fill="${route[0]}"/>`,
    `<path d="${PAW}" fill="#FFFFFF" transform="translate(${MARGIN + 34} 112) scale(0.42)"/>`,
    textLine('멍이랑', { x: MARGIN + 86, y: 129, size: 48, fill: ink }),
    textLine(`${day.replaceAll('-', '.')} ${weekday}`, {
      x: CARD_WIDTH - MARGIN,
      y: 127,
      size: 40,
      fill: muted,
      anchor: 'end',
      font: LABEL,
    }),
  ].join('')
}

function portrait(photo: string | null, { panel, halo, route }: Palette): string {
  const ring = `<circle cx="${CENTER}" cy="316" r="134" fill="${panel}" stroke="${route[0]}" stroke-width="5"/>`
  return photo
    ? `${ring}<image x="${CENTER - 118}" y="198" width="236" height="236" preserveAspectRatio="xMidYMid slice" clip-path="url(#portrait)" href="${photo}"/>`
    : `${ring}<circle cx="${CENTER}" cy="316" r="118" fill="${halo}"/><path d="${PAW}" fill="${route[0]}" transform="translate(${CENTER} 314) scale(1.35)"/>`
}

function title({ pets }: CardContent, { ink }: Palette): string {
  const line = titleOf(pets)
  return textLine(line, { x: CENTER, y: 546, size: fittingSize(line, 68, CARD_WIDTH - 2 * MARGIN), fill: ink, anchor: 'middle' })
}

/** 초코와 함께한 산책 */
export function titleOf(pets: readonly string[]): string {
  const names = pets.map((name) => drawable(name, 12)).filter(Boolean)
  const [first = '우리 아이', second] = names
  const company = names.length > 2 ? `${first} 외 ${names.length - 1}마리` : second ? `${first}·${second}` : first
  return `${company}${particle(company, '과', '와')} 함께한 산책`
}

function routePanel(
  { sketch }: CardContent,
  palette: Palette,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): string {
  const frame = `x="${x}" y="${y}" width="${width}" height="${height}" rx="56"`
  const panel = `<rect ${frame} fill="${palette.panel}"/><rect ${frame} fill="url(#dots)"/><rect ${frame} fill="none" stroke="${palette.panelLine}" stroke-width="3"/>`
  const inset = 92
  if (!sketch) return panel + pawTrail(x + width / 2, y + height / 2, palette.route[0])
  const path = sketchPath(sketch, { x: x + inset, y: y + inset, width: width - 2 * inset, height: height - 2 * inset })
  const line = `d="${path}" fill="none" stroke-linecap="round" stroke-linejoin="round"`
  return `${panel}<path ${line} stroke="${palette.halo}" stroke-width="44"/><path ${line} stroke="url(#route)" stroke-width="18"/>`
}

function figures({ distance_m, duration_sec, calories }: CardContent, { ink, muted }: Palette, top: number): string {
  const distance = formatKm(distance_m)
  const size = 176
  const unit = 64
  const width = widthAt(distance, size) * 0.96 + 18 + widthAt('km', unit)
  const left = CENTER - width / 2
  const below = top + 320
  return [
    textLine(distance, { x: left, y: top + 186, size, fill: ink, spacing: -2 }),
    textLine('km', { x: left + width, y: top + 186, size: unit, fill: muted, anchor: 'end' }),
    `<rect x="${CENTER - 1.5}" y="${below - 58}" width="3" height="100" fill="${muted}" fill-opacity="0.3"/>`,
    figure('시간', formatDuration(duration_sec), CENTER - 226),
    figure('칼로리', calories === null ? '–' : `${calories.toLocaleString('en-US')} kcal`, CENTER + 226),
  ].join('')

  function figure(label: string, value: string, x: number): string {
    return (
      textLine(label, { x, y: below - 28, size: 38, fill: muted, anchor: 'middle', font: LABEL }) +
      textLine(value, { x, y: below + 42, size: fittingSize(value, 64, 400), fill: ink, anchor: 'middle' })
    )
  }
}

export function formatKm(metres: number): string {
  const km = metres / 1_000
  return km < 100 ? (Math.floor(km * 100) / 100).toFixed(2) : (Math.floor(km * 10) / 10).toFixed(1)
}

export function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  if (minutes === 0) return `${seconds}초`
  if (minutes < 60) return `${minutes}분`
  return minutes % 60 === 0 ? `${minutes / 60}시간` : `${Math.floor(minutes / 60)}시간 ${minutes % 60}분`
}

/** The badges that this walk earned, side by side, and the number of further ones. */
function pills({ badges }: CardContent, { pill, pillInk, panelLine }: Palette, y: number): string {
  const shown = badges.slice(0, PILLS_MAX).map(({ icon, name }) => `${drawable(icon, 2)} ${drawable(name, 12)}`.trim())
  const labels = badges.length > PILLS_MAX ? [...shown, `+${badges.length - PILLS_MAX}`] : shown
  const [gap, padding, height] = [20, 38, 96]
  const available = CARD_WIDTH - 2 * MARGIN - gap * (labels.length - 1) - 2 * padding * labels.length
  const size = fittingSize(labels.join(''), 44, available)
  const widths = labels.map((label) => widthAt(label, size) + 2 * padding)
  let x = CENTER - (widths.reduce((sum, width) => sum + width, 0) + gap * (labels.length - 1)) / 2
  return labels
    .map((label, i) => {
      const width = widths[i] ?? 0
      const middle = x + width / 2
      const frame = `<rect x="${x.toFixed(1)}" y="${y - height / 2}" width="${width.toFixed(1)}" height="${height}" rx="${height / 2}" fill="${pill}" stroke="${panelLine}" stroke-width="3"/>`
      x += width + gap
      return frame + textLine(label, { x: middle, y: y + size * 0.36, size, fill: pillInk, anchor: 'middle', font: BOLD })
    })
    .join('')
}

/** Whether the card needs the emoji font. */
export function isWithEmoji({ pets, badges }: CardContent): boolean {
  return [...pets, ...badges.flatMap(({ icon, name }) => [icon, name])].some(hasEmoji)
}
