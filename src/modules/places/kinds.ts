/** The kinds of places that are kept, in the order in which they are told. */
export const PLACE_KINDS = ['park', 'dog_run', 'hospital', 'pharmacy', 'beach', 'mountain'] as const
export type PlaceKind = (typeof PLACE_KINDS)[number]

/** Where a place is from. */
export const PLACE_SOURCES = ['seed', 'hospitals', 'pharmacies', 'parks', 'kakao'] as const
export type PlaceSource = (typeof PLACE_SOURCES)[number]
export type ImportedSource = Exclude<PlaceSource, 'seed' | 'kakao'>
