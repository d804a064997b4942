// What things are called here.

export const TARGETS = { user: '프로필', walk: '산책 기록', comment: '댓글', photo: '사진', meetup: '모임' }
export const REASONS = {
  inappropriate: '부적절한 내용',
  spam: '스팸·광고',
  harassment: '괴롭힘',
  animal_abuse: '동물 학대 의심',
  privacy: '사생활 침해',
}
export const ACTIONS = {
  dismiss: '문제 없음',
  remove: '삭제',
  warn: '경고',
  suspend: '이용 정지',
  ban: '영구 정지',
  restore: '되돌리기',
  close: '게시 중단',
}
export const APPEAL_DECISIONS = { uphold: '받아들임', reject: '받아들이지 않음' }
export const GROUNDS = { privacy: '사생활 침해', defamation: '명예훼손', copyright: '저작권 침해', other: '그 밖의 권리 침해' }
export const TAKEDOWN_STATES = { received: '접수', closed: '게시 중단 중', rejected: '거절', restored: '복원', removed: '삭제' }

/** A value that a newer server may send stands for itself. */
export const named = (words, value) => words[value] ?? value

export const actionWords = ({ action, days }) => (days ? `${named(ACTIONS, action)} ${days}일` : named(ACTIONS, action))

const AT = new Intl.DateTimeFormat('ko-KR', { timeZone: 'Asia/Seoul', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' })
const WITH_YEAR = new Intl.DateTimeFormat('ko-KR', { timeZone: 'Asia/Seoul', dateStyle: 'long', timeStyle: 'short' })
const YEAR = new Intl.DateTimeFormat('ko-KR', { timeZone: 'Asia/Seoul', year: 'numeric' })

/** A time in Seoul. The year stands there when it is another one. */
export function timeWords(instant) {
  const at = new Date(instant)
  return (YEAR.format(at) === YEAR.format(new Date()) ? AT : WITH_YEAR).format(at)
}

const MINUTE_MS = 60_000

/** `3시간 20분`, `2일 4시간`: the two largest parts. */
export function spanWords(ms) {
  const minutes = Math.floor(Math.abs(ms) / MINUTE_MS)
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60]
  const parts = [days && `${days}일`, hours && `${hours}시간`, !days && rest && `${rest}분`].filter(Boolean)
  return parts.slice(0, 2).join(' ') || '1분'
}

/** How much time is left, or how long it is over. */
export function dueWords(due_at) {
  const left = Date.parse(due_at) - Date.now()
  return left >= 0 ? `${spanWords(left)} 남음` : `${spanWords(left)} 지남`
}
