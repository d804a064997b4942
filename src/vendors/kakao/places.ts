/** A place of Kakao Map. It may be kept for hours, and never for good. */
export interface KakaoPlace {
  readonly id: string
  readonly name: string
  /** A path: `가정,생활 > 반려동물 > 동물병원`. It says what a place is. The group does not, because vets have that of human hospitals. */
  readonly category_name: string
  readonly address: string
  readonly road_address: string | null
  readonly phone: string | null
  readonly place_url: string
  readonly lat: number
  readonly lng: number
  /** From the point that was asked about. Null without one. */
  readonly distance_m: number | null
}

export interface KakaoPlacePage {
  readonly places: readonly KakaoPlace[]
  readonly is_end: boolean
  /** How many of all that were found can be read: at most 45. */
  readonly pageable_count: number
}

/** Where an address lies. */
export interface KakaoAddress {
  readonly address: string
  readonly lat: number
  readonly lng: number
}

/** `quota` is over for the day or for the moment, and `misconfigured` needs somebody at Kakao's console. */
export type KakaoFailure = 'quota' | 'misconfigured' | 'unavailable'
export type KakaoAnswer<T> =
  | { readonly outcome: 'answered'; readonly value: T }
  | { readonly outcome: 'failed'; readonly reason: KakaoFailure }

/** WGS 84. */
export interface Rect {
  readonly south: number
  readonly west: number
  readonly north: number
  readonly east: number
}

interface Where {
  readonly at?: { readonly lat: number; readonly lng: number } | undefined
  /** At most 20,000. Only with `at`. */
  readonly radius_m?: number | undefined
  readonly rect?: Rect | undefined
  /** By distance only with `at`. */
  readonly sort?: 'accuracy' | 'distance' | undefined
  /** From 1, with 15 places each. Kakao shows three pages and repeats the third, so that a later one is empty here. */
  readonly page?: number | undefined
}

export interface KeywordSearch extends Where {
  readonly query: string
  /** A group of Kakao's, such as `HP8` or `CE7`. */
  readonly category?: string | undefined
}

export interface CategorySearch extends Where {
  readonly category: string
}

export interface KakaoPlaces {
  searchKeyword(search: KeywordSearch): Promise<KakaoAnswer<KakaoPlacePage>>
  searchCategory(search: CategorySearch): Promise<KakaoAnswer<KakaoPlacePage>>
  /** Where an address lies, or null for one that Kakao does not know. */
  findAddress(query: string): Promise<KakaoAnswer<KakaoAddress | null>>
  /** Everything of that name within a rectangle, also where it is more than 45 places. It takes a call for about every ten of them. */
  listInRect(query: string, rect: Rect): Promise<KakaoAnswer<readonly KakaoPlace[]>>
}
