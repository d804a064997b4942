import { defineError } from '../../core/errors.ts'

export const courseNotFound = defineError({
  code: 'course_not_found',
  status: 404,
  title: 'No such course, or not for the caller',
  detail: '코스를 찾을 수 없어요.',
})
export const courseWayInvalid = defineError({
  code: 'course_way_invalid',
  status: 422,
  title: 'A way has 2 to 2,000 positions, all of them in Korea, and is 100 m to 50 km long',
  detail: '코스는 국내에서 100m부터 50km까지, 지점 2,000개까지 만들 수 있어요.',
})
export const courseLimitReached = defineError({
  code: 'course_limit_reached',
  status: 409,
  title: 'The caller has as many courses as anybody can',
  detail: '내 코스는 100개까지 만들 수 있어요.',
})
export const courseNotBetween = defineError({
  code: 'course_not_between',
  status: 422,
  title: 'No part of 100 m or more goes from the one place to the other within 100 m of the straight line between them',
  detail: '두 장소를 잇는 길에서 100m 안에 있는 구간이 없어요. 다른 장소를 골라 주세요.',
})
export const courseTooClose = defineError({
  code: 'course_too_close',
  status: 409,
  title:
    'What would appear comes within 500 m of where walks of the caller begin or end, or of their zone, or nothing is known of these yet',
  detail: '집 근처로 보이는 곳을 지나서 공개할 수 없어요. 더 먼 장소를 골라 주세요.',
})
export const coursePairTaken = defineError({
  code: 'course_pair_taken',
  status: 409,
  title: 'The caller has published another course between these two places',
  detail: '두 장소 사이에 이미 공개한 코스가 있어요.',
})
export const courseFavoriteLimit = defineError({
  code: 'course_favorite_limit',
  status: 409,
  title: 'The caller has as many favourite courses as anybody can',
  detail: '즐겨찾기는 코스 200개까지 담을 수 있어요.',
})
