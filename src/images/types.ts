import type { Bytes } from './bytes.ts'

export interface CleanImage {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic'
  /** As it is to be seen, after its orientation. */
  readonly width: number
  readonly height: number
  /** The file without its metadata: an orientation and a colour profile is all that may be left. Views of what was sent, nothing is copied. */
  readonly parts: readonly Bytes[]
}

/** What a format's own file finds: sides as they are stored, orientation as in EXIF, 1 to 8. */
export interface FoundImage extends CleanImage {
  readonly orientation: number
}
