// Words of generated nicknames.

import { wordsOf } from '../../core/words/list.ts'

/** Adjective, noun and four digits are at most 12 letters, because no word here is longer than four. */
export const nicknameAdjectives: readonly string[] = wordsOf(`
  산책하는 꼬리치는 킁킁대는 하품하는 기다리는 달리는 뛰노는 뒹구는 반짝이는 설레는 신나는 행복한 즐거운 반가운 용감한 씩씩한 느긋한 다정한 상냥한 부지런한 포근한 폭신한
  보송한 말랑한 따뜻한 명랑한 활기찬 든든한 귀여운 똑똑한 졸린 배고픈 나른한 엉뚱한 싱그러운 상쾌한
`)

export const nicknameNouns: readonly string[] = wordsOf(`
  발바닥 발자국 젤리발 앞발 꼬리 코끝 콧등 솜뭉치 털뭉치 복슬털 강아지 댕댕이 멍멍이 꼬마멍멍 산책길 오솔길 공원길 잔디밭 풀냄새 꼬순내 개껌 뼈다귀 고구마 간식통 밥그릇
  리드줄 하네스 인식표 방울 공놀이 테니스공 원반 삑삑이 터그 담요 쿠션
`)
