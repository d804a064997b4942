import { pills, routePanel } from './card.ts'
import { PAW, type Places, scatter } from './motifs.ts'
import { type CardContent, picture, portrait } from './picture.ts'
import { fittingSize, LABEL, textLine, widthAt } from './text.ts'
import { type Palette, paletteOf, seasonOf } from './themes.ts'
import { companyLines, formatCalories, formatDay, formatDuration, formatKm } from './words.ts'

/** What Open Graph asks for. KakaoTalk cuts the middle 1200×600 out of it, so nothing that matters lies outside. */
export const PREVIEW_WIDTH = 1_200
export const PREVIEW_HEIGHT = 630

const PANEL = { x: 60, y: 57, width: 516, height: 516 } as const
const LEFT = 632
const RIGHT = PREVIEW_WIDTH - 60
const FRAME = {
  width: PREVIEW_WIDTH,
  height: PREVIEW_HEIGHT,
  line: [PANEL.x + 60, PANEL.x + PANEL.width - 60],
  portrait: { x: LEFT + 76, y: 212, r: 62 },
} as const
const BESIDE_PORTRAIT = LEFT + 176
/** Messengers show the picture at a third of its size. */
const READABLE = 36

const PLACES: Places = [
  [30, 40, 0.5, -20],
  [606, 46, 0.4, 24],
  [1_164, 220, 0.5, 18],
  [1_166, 560, 0.6, -24],
  [606, 590, 0.45, -12],
  [28, 596, 0.5, 30],
]

/** The landscape picture that messengers show for a link. `photo` is a picture of the pet as a data URL. */
export function drawPreview(content: CardContent, photo: string | null): string {
  const palette = paletteOf(content.theme, seasonOf(content.day))
  return picture(FRAME, palette, [
    scatter(palette, PLACES),
    routePanel(content, palette, PANEL, 66),
    header(content, palette),
    portrait(photo, FRAME.portrait, palette),
    title(content, palette),
    figures(content, palette),
    content.badges.length > 0 ? pills(content, palette, { x: LEFT, y: 538, anchor: 'start', width: RIGHT - LEFT, most: 1, size: 30 }) : '',
  ])
}

function header({ day }: CardContent, { ink, muted, route }: Palette): string {
  return [
    `<circle cx="${LEFT + 26}" cy="92" r="26" fill="${route[0]}"/>`,
    `<path d="${PAW}" fill="#FFFFFF" transform="translate(${LEFT + 26} 92) scale(0.32)"/>`,
    textLine('멍이랑', { x: LEFT + 66, y: 105, size: 36, fill: ink }),
    textLine(formatDay(day), { x: RIGHT, y: 104, size: 32, fill: muted, anchor: 'end', font: LABEL }),
  ].join('')
}

/** The names stand above the rest, because both rarely fit beside the portrait. Long names are cut before they become too small to read. */
function title({ pets }: CardContent, { ink }: Palette): string {
  const width = RIGHT - BESIDE_PORTRAIT
  const lines = companyLines(pets).map((text) => ({ text, size: fittingSize(text, 52, width) }))
  const company = lines.find(({ size }) => size >= READABLE) ?? lines.at(-1)!
  return (
    textLine(company.text, { x: BESIDE_PORTRAIT, y: 204, size: company.size, fill: ink }) +
    textLine('함께한 산책', { x: BESIDE_PORTRAIT, y: 264, size: 44, fill: ink })
  )
}

function figures({ distance_m, duration_sec, calories }: CardContent, { ink, muted }: Palette): string {
  const distance = formatKm(distance_m)
  const size = 128
  const kilometres = textLine(distance, { x: LEFT, y: 418, size, fill: ink, spacing: -2 })
  const unit = textLine('km', { x: LEFT + widthAt(distance, size) * 0.96 + 12, y: 418, size: 52, fill: muted })
  const more = [formatDuration(duration_sec), formatCalories(calories)].filter((figure) => figure !== null).join(' · ')
  return kilometres + unit + textLine(more, { x: LEFT, y: 484, size: fittingSize(more, 44, RIGHT - LEFT), fill: ink })
}
