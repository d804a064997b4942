import type { Palette } from './themes.ts'

/** A paw of about 100 by 100 around the origin. */
export const PAW =
  'M0 4C18 4 36 22 36 38C36 50 26 52 16 50C8 48 -8 48 -16 50C-26 52 -36 50 -36 38C-36 22 -18 4 0 4Z' +
  'M-40 -14C-31 -17 -23 -9 -22 3C-21 12 -25 18 -32 18C-41 18 -49 8 -49 -2C-49 -8 -46 -12 -40 -14Z' +
  'M-16 -44C-6 -45 2 -35 2 -22C2 -12 -3 -5 -11 -5C-20 -5 -27 -15 -27 -27C-27 -36 -23 -43 -16 -44Z' +
  'M16 -44C23 -43 27 -36 27 -27C27 -15 20 -5 11 -5C3 -5 -2 -12 -2 -22C-2 -35 6 -45 16 -44Z' +
  'M40 -14C46 -12 49 -8 49 -2C49 8 41 18 32 18C25 18 21 12 22 3C23 -9 31 -17 40 -14Z'

const SHAPES: Readonly<Record<Palette['motif'], string>> = {
  paw: PAW,
  star: 'M0 -50C4 -12 12 -4 50 0C12 4 4 12 0 50C-4 12 -12 4 -50 0C-12 -4 -4 -12 0 -50Z',
  petal: 'M0 50C-34 26 -46 -8 -24 -38C-18 -46 -8 -44 0 -30C8 -44 18 -46 24 -38C46 -8 34 26 0 50Z',
  sun: 'M0 -30A30 30 0 1 0 0 30A30 30 0 1 0 0 -30ZM-5 -52H5V-38H-5ZM-5 38H5V52H-5ZM-52 -5H-38V5H-52ZM38 -5H52V5H38ZM-40 -33L-33 -40L-23 -30L-30 -23ZM40 33L33 40L23 30L30 23ZM40 -33L33 -40L23 -30L30 -23ZM-40 33L-33 40L-23 30L-30 23Z',
  leaf: 'M-4 52L-2 26C-14 36 -30 34 -42 26C-34 22 -30 18 -28 12C-38 12 -46 6 -50 -4C-40 -4 -34 -8 -32 -12C-38 -20 -38 -30 -34 -38C-28 -32 -22 -30 -16 -30C-16 -40 -10 -48 0 -54C10 -48 16 -40 16 -30C22 -30 28 -32 34 -38C38 -30 38 -20 32 -12C34 -8 40 -4 50 -4C46 6 38 12 28 12C30 18 34 22 42 26C30 34 14 36 2 26L4 52Z',
  snow: 'M-4 -50H4V-32L14 -42L20 -36L4 -20V-7L15 -13L21 -36L29 -34L26 -20L41 -29L45 -22L30 -13L44 -9L42 -1L19 -7L8 0L19 7L42 1L44 9L30 13L45 22L41 29L26 20L29 34L21 36L15 13L4 7V20L20 36L14 42L4 32V50H-4V32L-14 42L-20 36L-4 20V7L-15 13L-21 36L-29 34L-26 20L-41 29L-45 22L-30 13L-44 9L-42 1L-19 7L-8 0L-19 -7L-42 -1L-44 -9L-30 -13L-45 -22L-41 -29L-26 -20L-29 -34L-21 -36L-15 -13L-4 -7V-20L-20 -36L-14 -42L-4 -32Z',
}

/** x, y, size, turn. */
export type Places = readonly (readonly [number, number, number, number])[]

export function scatter({ motif, motifFill }: Palette, places: Places): string {
  const copies = places.map(
    ([x, y, size, turn]) => `<path d="${SHAPES[motif]}" transform="translate(${x} ${y}) rotate(${turn}) scale(${size})"/>`,
  )
  // fill-opacity, because the opacity of a group costs a canvas of its own.
  return `<g fill="${motifFill}" fill-opacity="${motif === 'snow' ? 0.85 : 0.6}">${copies.join('')}</g>`
}

/** Paws across the panel, for a walk without a sketch. */
export function pawTrail(x: number, y: number, fill: string, scale = 1): string {
  const steps = [-300, -180, -60, 60, 180, 300].map((along, i) => {
    const side = i % 2 === 0 ? 34 : -34
    const [across, down] = [x + along * scale, y + (side - along * 0.25) * scale]
    return `<path d="${PAW}" fill-opacity="${(0.35 + i * 0.13).toFixed(2)}" transform="translate(${across} ${down}) rotate(62) scale(${0.9 * scale})"/>`
  })
  return `<g fill="${fill}">${steps.join('')}</g>`
}
