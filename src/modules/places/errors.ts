import { defineError } from '../../core/errors.ts'

export const placeNotFound = defineError({
  code: 'place_not_found',
  status: 404,
  title: 'No such place',
  detail: '장소를 찾을 수 없어요.',
})
export const placeExpired = defineError({
  code: 'place_expired',
  status: 404,
  title: 'The place was found at Kakao too long ago; search again',
  detail: '검색한 지 오래된 장소예요. 다시 검색해 주세요.',
})
export const placeNotKept = defineError({
  code: 'place_not_kept',
  status: 422,
  title: 'Places of Kakao are not kept, so they cannot be a favourite',
  detail: '카카오맵에서 찾은 장소는 즐겨찾기에 담을 수 없어요.',
})
export const placeFavoriteLimit = defineError({
  code: 'place_favorite_limit',
  status: 409,
  title: 'The caller has as many favourite places as anybody can',
  detail: '즐겨찾기는 200곳까지 담을 수 있어요.',
})
