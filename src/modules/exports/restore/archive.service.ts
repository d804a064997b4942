import { sha256Hex } from '../../../core/hash.ts'
import type { Deps } from '../../../deps.ts'
import { type Manifest, MANIFEST_NAME, manifestSchema, SCHEMA_VERSION, sealedText } from '../archives/manifest.ts'
import { contentOf, type Entry, readEntries, readRange, Unreadable, windowFrom } from './zip-reader.ts'

/** One trip reads so much, and at least one entry. */
const WINDOW_BYTES = 8 * 1024 ** 2

/** An archive of which this server has made the manifest. */
export interface OwnArchive {
  readonly manifest: Manifest
  /** All but the manifest, in the order in which they lie. */
  readonly entries: readonly Entry[]
  readonly trips: number
}

/** Why an archive is none of ours. Its tracks may be taken as those of another app. */
export type Foreign = 'archive_unreadable' | 'archive_unsealed' | 'archive_changed' | 'archive_version_unknown'

/** Reads what an archive says of itself. It takes three trips. */
export async function openArchive(
  { bucket, archiveSeals }: Pick<Deps, 'bucket' | 'archiveSeals'>,
  file: { readonly object_key: string; readonly bytes: number },
): Promise<OwnArchive | Foreign> {
  const all = await readEntries(bucket, file.object_key, file.bytes)
  const own = all.find(({ name }) => name === MANIFEST_NAME)
  if (!own) return 'archive_unsealed'
  const stretch = await readRange(bucket, file.object_key, own.offset, own.end - own.offset)
  const manifest = parseManifest(await contentOf(own, stretch, own.offset))
  if (!manifest || !(await archiveSeals.isManifestSeal(sealedText(manifest), manifest.mac))) return 'archive_unsealed'
  if (manifest.schema_version !== SCHEMA_VERSION) return 'archive_version_unknown'
  const entries = all.filter((entry) => entry !== own)
  const sizes = new Map(manifest.files.map(({ name, bytes }) => [name, bytes]))
  const isSame = entries.length === sizes.size && entries.every(({ name, bytes }) => sizes.get(name) === bytes)
  return isSame ? { manifest, entries, trips: 3 } : 'archive_changed'
}

function parseManifest(bytes: Uint8Array): Manifest | null {
  try {
    return manifestSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null
  } catch {
    return null
  }
}

export interface Content {
  readonly entry: Entry
  readonly content: Uint8Array<ArrayBuffer>
}

/** The entries from `index` on that one trip reads, with their content. */
export async function readWindow(
  { bucket }: Pick<Deps, 'bucket'>,
  objectKey: string,
  entries: readonly Entry[],
  index: number,
): Promise<Content[]> {
  const window = windowFrom(entries, index, WINDOW_BYTES)
  const [first] = window
  const last = window.at(-1)
  if (!first || !last) return []
  const stretch = await readRange(bucket, objectKey, first.offset, last.end - first.offset)
  const contents: Content[] = []
  for (const entry of window) contents.push({ entry, content: await contentOf(entry, stretch, first.offset) })
  return contents
}

/** Whether each of them has the content that the manifest says. */
export async function isAsSealed(contents: readonly Content[], hashes: ReadonlyMap<string, string>): Promise<boolean> {
  for (const { entry, content } of contents) {
    if ((await sha256Hex(content)) !== hashes.get(entry.name)) return false
  }
  return true
}

export { Unreadable }
