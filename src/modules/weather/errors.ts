import { defineError } from '../../core/errors.ts'

export const weatherUnavailable = defineError({
  code: 'weather_unavailable',
  status: 503,
  title: 'The weather service does not answer, and nothing younger than six hours is known of the place',
  detail: '날씨 정보를 가져올 수 없어요. 잠시 후 다시 시도해 주세요.',
})

export const placeOutsideKorea = defineError({
  code: 'place_outside_korea',
  status: 422,
  title: 'The place lies outside Korea, where nothing is measured and forecast',
  detail: '우리나라 안에서만 날씨를 볼 수 있어요.',
})

export const placeUnknown = defineError({
  code: 'place_unknown',
  status: 422,
  title: 'The request names no place, and the person has no region',
  detail: '위치나 지역을 정해 주세요.',
})
