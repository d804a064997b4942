import { defineError } from '../../../core/errors.ts'

export const commentNotFound = defineError({
  code: 'comment_not_found',
  status: 404,
  title: 'No such comment, or it is not yours to delete',
  detail: '댓글을 찾을 수 없어요.',
})
export const tooManyComments = defineError({
  code: 'too_many_comments',
  status: 429,
  title: 'At most two hundred comments a day',
  detail: '하루에 쓸 수 있는 댓글을 모두 썼어요. 내일 다시 시도해 주세요.',
})
