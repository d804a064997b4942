/** Everything in R2 lies at `{folder}/{user id}/{parent id}/{name}`. The purge of an account empties each of these folders. */
export const folders = ['tracks', 'pet-profiles', 'walk-photos', 'images', 'share-cards', 'imports', 'exports'] as const
export type Folder = (typeof folders)[number]

/** Folders whose parent is a walk. Their objects are deleted with the walk. */
export const walkFolders = ['tracks', 'walk-photos', 'share-cards'] as const satisfies readonly Folder[]
/** Folders that `GET /media` opens. */
export const photoFolders = ['pet-profiles', 'walk-photos', 'images'] as const satisfies readonly Folder[]
export type PhotoFolder = (typeof photoFolders)[number]

export function pathIn(folder: Folder, ...names: readonly string[]): string {
  return [folder, ...names].join('/')
}

/** Copies of what was reported. They outlive the account, because the law wants evidence to be kept, so they stand apart from what a purge empties. */
export function evidencePath(target: { readonly target_type: string; readonly target_id: string }, ...names: readonly string[]): string {
  return ['evidence', target.target_type, target.target_id, ...names].join('/')
}
