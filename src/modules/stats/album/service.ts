import { signedIn, type Actor } from '../../../core/actor.ts'
import { pathIn } from '../../../core/folders.ts'
import { photoPaths } from '../../../core/media.ts'
import type { Deps } from '../../../deps.ts'
import { type AlbumRow, listAlbum } from './queries.ts'
import { type AlbumPhoto, albumPages, type AlbumQuery } from './schema.ts'

const THUMBNAIL_SIDE = 400

export async function listMyPhotos(
  { db, cursors, media }: Pick<Deps, 'db' | 'cursors' | 'media'>,
  actor: Actor,
  { from, to, cursor, limit }: AlbumQuery,
) {
  const days = { from: from ?? null, to: to ?? null }
  const list = albumPages(cursors, actor.user_id, days.from, days.to)
  const after = await list.after(cursor)
  const rows = signedIn(await listAlbum(db, actor, { ...days, after: after && { at: after[0], id: after[1] }, limit }))
  const { items, next_cursor } = await list.page(rows, limit, ({ at, id }) => [at, id])
  // A signature opens the folder of a walk, so each walk needs one.
  const walkIds = [...new Set(items.map(({ walk_id }) => walk_id))]
  const signatures = new Map(
    await Promise.all(walkIds.map(async (id) => [id, await media.sign(pathIn('walk-photos', actor.user_id, id))] as const)),
  )
  return { items: items.map((row) => present(row, signatures.get(row.walk_id))), next_cursor }
}

function present({ object_key, has_thumbnails, at: _at, ...photo }: AlbumRow, signature = ''): AlbumPhoto {
  return { ...photo, ...photoPaths({ object_key, has_thumbnails }, THUMBNAIL_SIDE, signature) }
}
