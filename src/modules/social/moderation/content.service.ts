import { evidencePath } from '../../../core/folders.ts'
import type { Deps } from '../../../deps.ts'
import type { Content, ContentRow, TargetType } from './schema.ts'

/** What there is now. Its photos are the ones that the service shows. */
export async function presentCurrent({ media }: Pick<Deps, 'media'>, content: ContentRow | null): Promise<Content | null> {
  const show = async ({ id, object_key }: ContentRow['photos'][number]) => ({
    id,
    photo_url: `/media/${object_key}?${await media.sign(object_key.slice(0, object_key.lastIndexOf('/')))}`,
  })
  return content && { ...content, photos: await Promise.all(content.photos.map(show)) }
}

/** What was reported. Its photos are copies, which stay when the author deletes theirs. */
export async function presentSnapshot(
  { media }: Pick<Deps, 'media'>,
  { target_type, target_id }: { readonly target_type: TargetType; readonly target_id: string },
  content: ContentRow | null,
): Promise<Content | null> {
  const signature = content?.photos.length ? await media.sign(evidencePath({ target_type, target_id })) : ''
  const show = ({ id, object_key }: ContentRow['photos'][number]) => ({
    id,
    photo_url: `/${evidencePath({ target_type, target_id }, evidenceName(object_key))}?${signature}`,
  })
  return content && { ...content, photos: content.photos.map(show) }
}

/** A copy has the name of its photo. */
export const evidenceName = (objectKey: string): string => objectKey.slice(objectKey.lastIndexOf('/') + 1)
