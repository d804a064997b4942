import { escapeXml } from '../../core/xml.ts'

/** The card's two fonts. They are in assets/fonts. */
export const BOLD = 'Noto Sans KR'
export const LABEL = 'Noto Sans KR Medium'
const EMOJI = 'Noto Emoji'

/** Made for the first card, because it loads Unicode's tables, which would cost every start of the Worker some milliseconds. */
let segmenter: Intl.Segmenter | undefined
const graphemesOf = (text: string) => (segmenter ??= new Intl.Segmenter('ko', { granularity: 'grapheme' })).segment(text)

const IS_EMOJI = /^\p{Extended_Pictographic}/u
/** The characters in noto-sans-kr-bold.ttf: all of Hangul, Latin, kana, and punctuation. */
const IS_COVERED =
  /^[\u0020-\u007e\u00a0-\u017f\u2010-\u2027\u2030-\u203a\u20a9\u2190-\u2193\u2605\u2606\u2661\u2665\u3000-\u3003\u3008-\u3011\u3041-\u30ff\u3131-\u318e\uac00-\ud7a3\uff01-\uff5e]+$/u

interface Run {
  readonly text: string
  readonly is_emoji: boolean
}

/**
 * Splits text into runs of one font each. Characters that no font has are left out. Of a joined emoji only the first character is drawn, because the
 * renderer loses the whole line when a joined emoji stands beside another font.
 */
function runsOf(text: string): Run[] {
  const runs: { text: string; is_emoji: boolean }[] = []
  for (const { segment } of graphemesOf(text.normalize('NFC'))) {
    const [character = ''] = segment
    const is_emoji = IS_EMOJI.test(character)
    if (!is_emoji && !IS_COVERED.test(character)) continue
    const last = runs.at(-1)
    if (last?.is_emoji === is_emoji) last.text += character
    else runs.push({ text: character, is_emoji })
  }
  return runs
}

/** The text without characters that cannot be drawn, cut to at most `max` graphemes. */
export function drawable(text: string, max = 40): string {
  const whole = runsOf(text)
    .map((run) => run.text)
    .join('')
    .trim()
  const segments = Array.from(graphemesOf(whole), ({ segment }) => segment)
  return segments.length <= max ? whole : `${segments.slice(0, max - 1).join('')}…`
}

/** The approximate width of a bold text in ems. It is never too small. */
function widthEm(text: string): number {
  let width = 0
  for (const { segment } of graphemesOf(text)) {
    if (IS_EMOJI.test(segment)) width += 1.28
    else if (/[\u3000-\uffff]/u.test(segment)) width += /[\uac00-\ud7a3\u3131-\u318e]/u.test(segment) ? 0.92 : 1
    else if (/[ .,:;'|!iIlj·]/.test(segment)) width += 0.34
    else if (/[mwMW@%&]/.test(segment)) width += 0.98
    else if (/[A-Z]/.test(segment)) width += 0.74
    else width += 0.62
  }
  return width
}

/** The size at which a text fits, at most `size`. */
export function fittingSize(text: string, size: number, maxWidth: number): number {
  return Math.min(size, Math.floor(maxWidth / Math.max(1, widthEm(text))))
}

export function widthAt(text: string, size: number): number {
  return widthEm(text) * size
}

export interface TextStyle {
  readonly x: number
  /** The y of the baseline. */
  readonly y: number
  readonly size: number
  readonly fill: string
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly font?: typeof BOLD | typeof LABEL
  readonly spacing?: number
}

/** One line of SVG text. */
export function textLine(text: string, { x, y, size, fill, anchor = 'start', font = BOLD, spacing = 0 }: TextStyle): string {
  const weight = font === BOLD ? 700 : 500
  const spans = runsOf(text).map((run) =>
    run.is_emoji
      ? `<tspan font-family="${EMOJI}" font-weight="700" font-size="${size * 0.92}">${escapeXml(run.text)}</tspan>`
      : escapeXml(run.text),
  )
  return `<text x="${x}" y="${y}" font-family="${font}" font-weight="${weight}" font-size="${size}" fill="${fill}" text-anchor="${anchor}" letter-spacing="${spacing}" xml:space="preserve">${spans.join('')}</text>`
}

export function hasEmoji(text: string): boolean {
  return /\p{Extended_Pictographic}/u.test(text)
}
