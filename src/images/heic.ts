import { type Bytes, text, viewOf } from './bytes.ts'
import { imageMalformed, imageMoves, imageUnsupported } from './errors.ts'
import type { FoundImage } from './types.ts'

const BRANDS = new Set(['heic', 'heix', 'heim', 'heis'])
const FULL_BOX_BYTES = 4
const BOXES_MAX = 2_000
/** Phones name about six brands of four bytes each. */
const BRANDS_MAX_BYTES = 400

interface Box {
  readonly kind: string
  /** Where its content begins. */
  readonly at: number
  readonly to: number
}

/**
 * Checks a still HEIC and does not clean it. Its metadata say where its data lie, so cutting them out would break it. Only the image service reads it,
 * and makes a new file.
 */
export function cleanHeic(file: Bytes): FoundImage {
  const [type, ...rest] = readBoxes(file, 0, file.length).boxes
  // Another `ftyp` begins another file: the film of a moving photo.
  const film = rest.findIndex(({ kind }) => kind === 'ftyp')
  const boxes = film < 0 ? rest : rest.slice(0, film)
  if (type?.kind !== 'ftyp' || type.to - type.at < 8 || type.to - type.at > BRANDS_MAX_BYTES) throw imageMalformed()
  const brands = text(file, type.at, type.to).match(/[^]{4}/g) ?? []
  if (!brands.some((brand) => BRANDS.has(brand))) throw imageUnsupported()
  // A sequence of pictures is a film, which is refused.
  if (boxes.some(({ kind }) => kind === 'moov')) throw imageMoves()
  if (!boxes.some(({ kind }) => kind === 'mdat')) throw imageMalformed()
  const size = inside(file, boxes, 'meta', FULL_BOX_BYTES, (meta) =>
    inside(file, meta, 'iprp', 0, (properties) => inside(file, properties, 'ipco', 0, (list) => largest(file, list))),
  )
  return { type: 'image/heic', ...size, orientation: 1, parts: [file] }
}

function inside<T>(file: Bytes, boxes: readonly Box[], kind: string, skip: number, read: (boxes: Box[]) => T): T {
  const box = boxes.find((it) => it.kind === kind)
  if (!box) throw imageMalformed()
  const { boxes: content, isWhole } = readBoxes(file, box.at + skip, box.to)
  if (!isWhole) throw imageMalformed()
  return read(content)
}

/** Tiles, thumbnails and the whole picture each state their extent. The whole picture's is the largest. */
function largest(file: Bytes, properties: readonly Box[]): { width: number; height: number } {
  const view = viewOf(file)
  const extents = properties.flatMap(({ kind, at, to }) =>
    kind === 'ispe' && to - at === 12 ? [{ width: view.getUint32(at + 4), height: view.getUint32(at + 8) }] : [],
  )
  const size = extents.toSorted((a, b) => b.width * b.height - a.width * a.height)[0]
  if (!size || size.width === 0 || size.height === 0) throw imageMalformed()
  return size
}

/** The boxes from `from` to `end`, which follow each other without a gap. Whatever is no box ends them, such as a trailer of the camera. */
function readBoxes(file: Bytes, from: number, end: number): { boxes: Box[]; isWhole: boolean } {
  const view = viewOf(file)
  const boxes: Box[] = []
  let at = from
  while (at + 8 <= end && boxes.length < BOXES_MAX) {
    const kind = text(file, at + 4, at + 8)
    const [header, size] = sizeOf(view, at, end)
    if (size < header || at + size > end || !/^[\x20-\x7e]{4}$/.test(kind)) break
    boxes.push({ kind, at: at + header, to: at + size })
    at += size
  }
  return { boxes, isWhole: at === end }
}

/** Bytes of the header, and of the whole box. Size 1 means that eight more bytes hold the size, 0 that the box goes on to the end. */
function sizeOf(view: DataView, at: number, end: number): [header: number, size: number] {
  const short = view.getUint32(at)
  if (short === 0) return [8, end - at]
  if (short !== 1) return [8, short]
  return at + 16 > end ? [16, 0] : [16, Number(view.getBigUint64(at + 8))]
}
