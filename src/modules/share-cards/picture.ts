import type { Sketch } from '../walks/schema.ts'
import { PAW } from './motifs.ts'
import { hasEmoji } from './text.ts'
import type { Palette, Theme } from './themes.ts'

/** The version of the drawings. A new version draws every picture again, at another address, and deletes the old ones. */
export const DRAWING_VERSION = 3

/** How the name of a picture of these drawings begins. */
export const PICTURE_PREFIX = `v${DRAWING_VERSION}-`

/** All that a picture shows. It says nothing about its owner. */
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

interface Frame {
  readonly width: number
  readonly height: number
  /** Where the line's colour begins and ends, from left to right. A loop has no beginning, so the colour follows no direction. */
  readonly line: readonly [number, number]
  readonly portrait: { readonly x: number; readonly y: number; readonly r: number }
}

/** A whole SVG with the background and what its parts refer to. */
export function picture({ width, height, line, portrait }: Frame, { background, route, dots }: Palette, parts: readonly string[]): string {
  const gradient = (id: string, [from, to]: readonly [string, string], direction: string) =>
    `<linearGradient id="${id}" ${direction}><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<defs>${gradient('background', background, 'x1="0" y1="0" x2="0" y2="1"')}`,
    gradient('route', route, `gradientUnits="userSpaceOnUse" x1="${line[0]}" y1="0" x2="${line[1]}" y2="0"`),
    `<pattern id="dots" width="36" height="36" patternUnits="userSpaceOnUse"><circle cx="18" cy="18" r="3" fill="${dots}"/></pattern>`,
    `<clipPath id="portrait"><circle cx="${portrait.x}" cy="${portrait.y}" r="${portrait.r}"/></clipPath></defs>`,
    `<rect width="${width}" height="${height}" fill="url(#background)"/>`,
    ...parts,
    '</svg>',
  ].join('')
}

/** The pet in a ring, or a paw where there is no photo. `photo` is a data URL. */
export function portrait(photo: string | null, { x, y, r }: Frame['portrait'], { panel, halo, route }: Palette): string {
  const ring = `<circle cx="${x}" cy="${y}" r="${r + 16}" fill="${panel}" stroke="${route[0]}" stroke-width="5"/>`
  return photo
    ? `${ring}<image x="${x - r}" y="${y - r}" width="${2 * r}" height="${2 * r}" preserveAspectRatio="xMidYMid slice" clip-path="url(#portrait)" href="${photo}"/>`
    : `${ring}<circle cx="${x}" cy="${y}" r="${r}" fill="${halo}"/><path d="${PAW}" fill="${route[0]}" transform="translate(${x} ${y - 2}) scale(${(r / 87).toFixed(2)})"/>`
}

/** Whether a picture needs the emoji font. */
export function isWithEmoji({ pets, badges }: CardContent): boolean {
  return [...pets, ...badges.flatMap(({ icon, name }) => [icon, name])].some(hasEmoji)
}
