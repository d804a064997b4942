/** Where everything in R2 lies: `{folder}/{user id}/{parent id}/{name}`. The purge of an account empties each of these folders. */
export const folders = ['tracks', 'pet-profiles', 'walk-photos', 'images', 'share-cards'] as const
export type Folder = (typeof folders)[number]

/** Their parent is a walk, and what lies in them goes with it. */
export const walkFolders = ['tracks', 'walk-photos', 'share-cards'] as const satisfies readonly Folder[]
/** What `GET /media` opens. */
export const photoFolders = ['pet-profiles', 'walk-photos', 'images'] as const satisfies readonly Folder[]
export type PhotoFolder = (typeof photoFolders)[number]

export function pathIn(folder: Folder, ...names: readonly string[]): string {
  return [folder, ...names].join('/')
}
