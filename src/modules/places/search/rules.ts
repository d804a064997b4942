import type { KakaoPlace } from '../../../vendors/kakao/places.ts'
import type { Place } from '../schema.ts'

/** A query as it is looked up and cached: composed, one blank between words, in lower case. */
export const normaliseQuery = (text: string): string => text.normalize('NFC').replaceAll(/\s+/g, ' ').trim().toLowerCase()

const VET = '동물병원'
const PET_CAFE = /(애견|반려견|반려동물|강아지|펫)\s?카페/
const FOR_PETS = /애견|반려|펫/

/** Kakao answers a search for vets also with shops beside them, and one for pet cafés with any café. */
export function isWanted(query: string, { name, category_name }: Pick<KakaoPlace, 'name' | 'category_name'>): boolean {
  if (query.includes(VET)) return category_name.includes(VET)
  if (PET_CAFE.test(query)) return FOR_PETS.test(name) || FOR_PETS.test(category_name)
  return true
}

const CATEGORIES: readonly (readonly [Place['category'], RegExp])[] = [
  ['hospital', /동물병원/],
  ['pharmacy', /약국/],
  ['cafe', /카페/],
  ['dog_run', /(반려견|반려동물|애견|강아지)\s?(놀이터|운동장)/],
  ['park', /공원/],
]

/** What a place of Kakao is here. Its path of categories says more than its group. */
export function categoryOf({ name, category_name }: Pick<KakaoPlace, 'name' | 'category_name'>): Place['category'] {
  return CATEGORIES.find(([, words]) => words.test(category_name) || words.test(name))?.[0] ?? 'other'
}
