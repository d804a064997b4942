import { defineError } from '../core/errors.ts'

export const imageUnsupported = defineError({
  code: 'image_unsupported',
  status: 415,
  title: 'Not a JPEG, PNG, WebP or (where the image service takes it) HEIC, or one that moves; the content decides, not the name',
  detail: 'JPEG, PNG, WebP 사진만 올릴 수 있어요.',
})
export const imageMoves = () => imageUnsupported({ detail: '움직이는 사진은 올릴 수 없어요. JPEG, PNG, WebP 사진을 올려 주세요.' })

export const imageMalformed = defineError({
  code: 'image_malformed',
  status: 422,
  title: 'The file is cut short or broken',
  detail: '사진 파일을 읽을 수 없어요. 다른 사진을 골라 주세요.',
})
export const imageTooManyPixels = defineError({
  code: 'image_too_many_pixels',
  status: 422,
  title: 'More than 100 megapixels, or than the image service takes; without it more than 64 megapixels, or 16,384 pixels on a side',
  detail: '사진의 해상도가 너무 커요. 크기를 줄여서 올려 주세요.',
})
