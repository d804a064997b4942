import { defineError } from '../../core/errors.ts'

/** What every upload may end in. */
export { imageMalformed, imageTooManyPixels, imageUnsupported } from '../../images/clean-image.ts'

export const photoLimitReached = defineError({
  code: 'photo_limit_reached',
  status: 409,
  title: 'A walk holds at most thirty photos',
  detail: '산책마다 사진을 30장까지 올릴 수 있어요.',
})
export const imageLimitReached = defineError({
  code: 'image_limit_reached',
  status: 409,
  title: 'One may keep at most a hundred images beside those of pets and walks',
  detail: '이미지는 100장까지 올릴 수 있어요.',
})
export const mediaNotFound = defineError({
  code: 'media_not_found',
  status: 404,
  title: 'No such object, or none for you',
  detail: '사진을 찾을 수 없어요.',
})
