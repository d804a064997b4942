import { inject } from 'vitest'

export interface MadePhoto {
  width: number
  height: number
  format: 'jpeg' | 'progressive-jpeg' | 'png' | 'webp' | 'gif' | 'avif'
  /** The orientation of EXIF, 1 to 8. */
  orientation?: number
  has_gps?: boolean
  has_profile?: boolean
  is_animated?: boolean
  /** Without noise: a small file, however large the photo is. */
  is_plain?: boolean
  quality?: number
}

/** left, top, width, height */
export type Region = readonly [number, number, number, number]

export interface InspectedPhoto {
  format: string
  width: number
  height: number
  orientation: number
  has_metadata: boolean
  has_profile: boolean
  /** For each region: its mean colour, and how often the colour changes from one pixel to the next. */
  colors: { mean: [number, number, number]; changes: number }[]
}

const made = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()

/** A photo whose upper left quarter is red. Equal options make the same photo. */
export function makePhoto(wishes: Partial<MadePhoto> = {}): Promise<Uint8Array<ArrayBuffer>> {
  const body = JSON.stringify({ width: 640, height: 480, format: 'jpeg', ...wishes })
  const known = made.get(body)
  if (known) return known
  const photo = fetch(`${inject('photoLabUrl')}/make`, { method: 'POST', body }).then(async (response) => {
    if (!response.ok) throw new Error(`no such photo can be made: ${await response.text()}`)
    return new Uint8Array(await response.arrayBuffer())
  })
  made.set(body, photo)
  return photo
}

let taken = 0
/** A photo that nobody has sent before. */
export async function freshPhoto(wishes: Partial<MadePhoto> = {}): Promise<Uint8Array<ArrayBuffer>> {
  const n = taken++
  return makePhoto({ ...wishes, width: 600 + (n % 200), height: 400 + (Math.floor(n / 200) % 200) })
}

/** What a file shows when it is opened. Throws when it cannot be opened. */
export async function inspectPhoto(file: Uint8Array, regions: readonly Region[] = []): Promise<InspectedPhoto> {
  const response = await fetch(`${inject('photoLabUrl')}/inspect?regions=${JSON.stringify(regions)}`, { method: 'POST', body: file })
  if (!response.ok) throw new Error(`cannot be opened: ${await response.text()}`)
  return response.json()
}
