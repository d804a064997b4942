import { z } from 'zod'
import { exchange, type Fetch, parseAnswer } from '../http.ts'
import type { KakaoPlaces } from './places.ts'
import { createKakaoPlaces } from './search.ts'

/** A legal dong (B-type), the smallest region we know. */
export interface KakaoRegion {
  /** Ten digits. */
  readonly code: string
  readonly sido: string
  /** Empty in Sejong, which has none. */
  readonly sigungu: string
  readonly dong: string
  readonly center: { readonly lat: number; readonly lng: number }
}

export interface KakaoLocal extends KakaoPlaces {
  /** `null` at sea and abroad. */
  findRegion(at: { lat: number; lng: number }): Promise<KakaoRegion | null>
}

const documentSchema = z.object({
  region_type: z.string(),
  code: z.string(),
  region_1depth_name: z.string(),
  region_2depth_name: z.string(),
  region_3depth_name: z.string(),
  x: z.number(),
  y: z.number(),
})
const answerSchema = z.object({ documents: z.array(documentSchema.partial()) })

export function createKakaoLocal({ fetch, config }: { fetch: Fetch; config: { readonly KAKAO_REST_API_KEY: string } }): KakaoLocal {
  return {
    ...createKakaoPlaces({ fetch, config }),
    async findRegion({ lat, lng }) {
      const query = new URLSearchParams({ x: String(lng), y: String(lat) })
      const request = new Request(`https://dapi.kakao.com/v2/local/geo/coord2regioncode.json?${query}`, {
        headers: { Authorization: `KakaoAK ${config.KAKAO_REST_API_KEY}` },
      })
      const { documents } = parseAnswer('kakao local', answerSchema, await exchange(fetch, 'kakao local', request))
      const { data: legal } = documentSchema.safeParse(documents.find(({ region_type }) => region_type === 'B'))
      if (!legal?.region_1depth_name || !legal.region_3depth_name || !/^\d{10}$/.test(legal.code)) return null
      return {
        // A ri counts as the eup or myeon it lies in: the last two digits are the ri.
        code: `${legal.code.slice(0, 8)}00`,
        sido: legal.region_1depth_name,
        sigungu: legal.region_2depth_name,
        dong: legal.region_3depth_name,
        center: { lat: legal.y, lng: legal.x },
      }
    },
  }
}
