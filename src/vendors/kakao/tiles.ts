import { haversineM } from '../../core/geo.ts'
import type { KakaoAnswer, KakaoPlace, KakaoPlacePage, Rect } from './places.ts'

/** Kakao shows no more of what it has found. */
export const PAGEABLE_MAX = 45
/** A smaller rectangle with more places is one building, and stays as it is. */
const SIDE_MIN_M = 200

/** Four rectangles that share their borders, so that no place lies between them. */
export function quarter({ south, west, north, east }: Rect): readonly [Rect, Rect, Rect, Rect] {
  const [lat, lng] = [(south + north) / 2, (west + east) / 2]
  return [
    { south, west, north: lat, east: lng },
    { south, west: lng, north: lat, east },
    { south: lat, west, north, east: lng },
    { south: lat, west: lng, north, east },
  ]
}

function longestSideM({ south, west, north, east }: Rect): number {
  const middle = (south + north) / 2
  return Math.max(haversineM(south, west, north, west), haversineM(middle, west, middle, east))
}

/** Everything in a rectangle, from pages of rectangles so small that all their places can be read. */
export async function listTiles(
  rect: Rect,
  askPage: (rect: Rect, page: number) => Promise<KakaoAnswer<KakaoPlacePage>>,
): Promise<KakaoAnswer<readonly KakaoPlace[]>> {
  const found = new Map<string, KakaoPlace>()
  const waiting = [rect]
  for (let tile = waiting.pop(); tile; tile = waiting.pop()) {
    for (let page = 1, isEnd = false; !isEnd; page++) {
      // One after another, because Kakao refuses bursts.
      const answer = await askPage(tile, page)
      if (answer.outcome === 'failed') return answer
      const { places, is_end, pageable_count } = answer.value
      for (const place of places) found.set(place.id, place)
      const isFull = page === 1 && pageable_count >= PAGEABLE_MAX && longestSideM(tile) > SIDE_MIN_M
      if (isFull) waiting.push(...quarter(tile))
      isEnd = isFull || is_end
    }
  }
  return { outcome: 'answered', value: [...found.values()] }
}
