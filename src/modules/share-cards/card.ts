import { PAW, pawTrail, type Places, scatter } from './motifs.ts'
import { type CardContent, picture, portrait } from './picture.ts'
import { type Box, sketchPath } from './sketch-path.ts'
import { BOLD, drawable, fittingSize, LABEL, textLine, widthAt } from './text.ts'
import { type Palette, paletteOf, seasonOf } from './themes.ts'
import { formatCalories, formatDay, formatDuration, formatKm, titleOf } from './words.ts'

export const CARD_WIDTH = 1_080
export const CARD_HEIGHT = 1_920

const MARGIN = 72
const CENTER = CARD_WIDTH / 2
const PILLS_MAX = 2
const FRAME = {
  width: CARD_WIDTH,
  height: CARD_HEIGHT,
  line: [MARGIN + 90, CARD_WIDTH - MARGIN - 90],
  portrait: { x: CENTER, y: 316, r: 118 },
} as const

/** x, y, size, turn. They lie around the card's edges, where no text is. */
const PLACES: Places = [
  [700, 66, 0.62, 18],
  [58, 262, 0.75, -24],
  [922, 252, 0.6, 30],
  [196, 402, 0.5, 12],
  [1022, 400, 0.8, -16],
  [56, 452, 0.5, 40],
  [52, 1430, 0.8, -14],
  [1016, 1380, 0.6, 26],
  [92, 1600, 0.5, 34],
  [1030, 1592, 0.7, -28],
  [120, 1836, 0.75, 20],
  [968, 1848, 0.55, -36],
]

/** The card as SVG. `photo` is a picture of the pet as a data URL. */
export function drawCard(content: CardContent, photo: string | null): string {
  const palette = paletteOf(content.theme, seasonOf(content.day))
  const hasBadges = content.badges.length > 0
  const panel = { x: MARGIN, y: 604, width: CARD_WIDTH - 2 * MARGIN, height: hasBadges ? 636 : 720 }
  const statsY = panel.y + panel.height
  return picture(FRAME, palette, [
    scatter(palette, PLACES),
    header(content, palette),
    portrait(photo, FRAME.portrait, palette),
    title(content, palette),
    routePanel(content, palette, panel, 92),
    figures(content, palette, statsY),
    hasBadges
      ? pills(content, palette, { x: CENTER, anchor: 'middle', y: statsY + 476, width: CARD_WIDTH - 2 * MARGIN, most: PILLS_MAX, size: 44 })
      : '',
    textLine('withbowwow', { x: CENTER, y: 1_858, size: 34, fill: palette.muted, anchor: 'middle', font: LABEL, spacing: 6 }),
  ])
}

/** The app's name at the left, the day at the right. */
function header({ day }: CardContent, { ink, muted, route }: Palette): string {
  return [
    `<circle cx="${MARGIN + 34}" cy="112" r="34" fill="${route[0]}"/>`,
    `<path d="${PAW}" fill="#FFFFFF" transform="translate(${MARGIN + 34} 112) scale(0.42)"/>`,
    textLine('멍이랑', { x: MARGIN + 86, y: 129, size: 48, fill: ink }),
    textLine(formatDay(day), {
      x: CARD_WIDTH - MARGIN,
      y: 127,
      size: 40,
      fill: muted,
      anchor: 'end',
      font: LABEL,
    }),
  ].join('')
}

function title({ pets }: CardContent, { ink }: Palette): string {
  const line = titleOf(pets)
  return textLine(line, { x: CENTER, y: 546, size: fittingSize(line, 68, CARD_WIDTH - 2 * MARGIN), fill: ink, anchor: 'middle' })
}

/** The sketch on a dotted panel. */
export function routePanel({ sketch }: CardContent, palette: Palette, { x, y, width, height }: Box, inset: number): string {
  const frame = `x="${x}" y="${y}" width="${width}" height="${height}" rx="56"`
  const panel = `<rect ${frame} fill="${palette.panel}"/><rect ${frame} fill="url(#dots)"/><rect ${frame} fill="none" stroke="${palette.panelLine}" stroke-width="3"/>`
  if (!sketch) return panel + pawTrail(x + width / 2, y + height / 2, palette.route[0], Math.min(1, width / 860))
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
    figure('칼로리', formatCalories(calories) ?? '–', CENTER + 226),
  ].join('')

  function figure(label: string, value: string, x: number): string {
    return (
      textLine(label, { x, y: below - 28, size: 38, fill: muted, anchor: 'middle', font: LABEL }) +
      textLine(value, { x, y: below + 42, size: fittingSize(value, 64, 400), fill: ink, anchor: 'middle' })
    )
  }
}

interface Row {
  readonly x: number
  /** Whether the row begins at `x` or has its middle there. */
  readonly anchor: 'start' | 'middle'
  readonly y: number
  readonly width: number
  readonly most: number
  readonly size: number
}

/** The badges that this walk earned, side by side, and the number of further ones. */
export function pills({ badges }: CardContent, { pill, pillInk, panelLine }: Palette, row: Row): string {
  const shown = badges.slice(0, row.most).map(({ icon, name }) => `${drawable(icon, 2)} ${drawable(name, 12)}`.trim())
  const labels = badges.length > row.most ? [...shown, `+${badges.length - row.most}`] : shown
  const [gap, padding, height] = [row.size * 0.45, row.size * 0.86, row.size * 2.18]
  const size = fittingSize(labels.join(''), row.size, row.width - gap * (labels.length - 1) - 2 * padding * labels.length)
  const widths = labels.map((label) => widthAt(label, size) + 2 * padding)
  const whole = widths.reduce((sum, width) => sum + width, 0) + gap * (labels.length - 1)
  let x = row.anchor === 'start' ? row.x : row.x - whole / 2
  return labels
    .map((label, i) => {
      const width = widths[i] ?? 0
      const middle = x + width / 2
      const frame = `<rect x="${x.toFixed(1)}" y="${row.y - height / 2}" width="${width.toFixed(1)}" height="${height}" rx="${height / 2}" fill="${pill}" stroke="${panelLine}" stroke-width="3"/>`
      x += width + gap
      return frame + textLine(label, { x: middle, y: row.y + size * 0.36, size, fill: pillInk, anchor: 'middle', font: BOLD })
    })
    .join('')
}
