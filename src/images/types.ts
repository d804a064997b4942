import type { Bytes } from './bytes.ts'

export interface CleanImage {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic'
  /** As it is shown, after its orientation is applied. */
  readonly width: number
  readonly height: number
  /** The file without its metadata. Only an orientation and a colour profile may be left. These are views of what was sent, not copies. */
  readonly parts: readonly Bytes[]
}

/** What the reader of a format finds: the sides as they are stored, and the orientation as in EXIF, 1 to 8. */
export interface FoundImage extends CleanImage {
  readonly orientation: number
}
