import { z } from 'zod'
import { uuidSchema } from '../../core/fields.ts'
import { particle } from '../../core/korean.ts'

const THINGS = { user: '프로필', walk: '산책 게시물', comment: '댓글', photo: '사진', meetup: '모임', course: '코스' } as const
const REASONS = {
  inappropriate: '부적절한 콘텐츠',
  spam: '스팸·광고',
  harassment: '괴롭힘·불쾌한 표현',
  animal_abuse: '동물 학대 의심',
  privacy: '개인정보 노출',
} as const

/** What a moderator did about a person, and why. Never who it was, or who reported it. */
export const moderated = z.object({
  action_id: uuidSchema,
  action: z.enum(['dismiss', 'remove', 'warn', 'suspend', 'ban', 'restore', 'close', 'appeal_upheld', 'appeal_rejected']),
  days: z.int().nullable(),
  reason: z.enum(['inappropriate', 'spam', 'harassment', 'animal_abuse', 'privacy']).nullable(),
  target_type: z.enum(['user', 'walk', 'comment', 'photo', 'meetup', 'course']),
  is_legal: z.boolean().default(false),
})

const APPEAL = '30일 안에 이의를 제기할 수 있어요.'

export function moderationWords({
  action,
  days,
  reason,
  target_type,
  is_legal,
}: z.infer<typeof moderated>): readonly [title: string, body: string] {
  const thing = THINGS[target_type]
  const it = `${thing}${particle(thing, '이', '가')}`
  const why = reason ? `운영 정책 위반(${REASONS[reason]})` : is_legal ? '권리 침해 신고' : '운영 정책 위반'
  switch (action) {
    case 'remove':
      return [`${it} 삭제됐어요`, `${why} 때문이에요. ${APPEAL}`]
    case 'warn':
      return ['운영 정책 위반 경고', `${why} 때문에 경고를 받았어요. 다시 위반하면 이용이 정지될 수 있어요. ${APPEAL}`]
    case 'suspend':
      return [`이용이 ${days ?? 1}일 동안 정지됐어요`, `${why} 때문이에요. 산책 기록은 계속할 수 있어요. ${APPEAL}`]
    case 'ban':
      return ['이용이 제한됐어요', `${why} 때문이에요. 30일 동안 내 데이터를 내려받고 이의를 제기할 수 있어요.`]
    case 'close':
      return [`${it} 임시로 가려졌어요`, '권리 침해 신고로 30일 동안 보이지 않아요. 그 사이에 이의를 제기할 수 있어요.']
    case 'restore':
    case 'dismiss':
      return [`${it} 다시 보여요`, `검토한 결과 문제가 없어 ${thing}에 대한 조치를 되돌렸어요.`]
    case 'appeal_upheld':
      return ['이의 제기가 받아들여졌어요', `${thing}에 대한 조치를 되돌렸어요.`]
    case 'appeal_rejected':
      return ['이의 제기 결과를 알려 드려요', `다른 운영자가 다시 검토했지만 ${thing}에 대한 조치를 유지하기로 했어요.`]
  }
}
