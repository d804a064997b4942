// The words that nicknames and texts must not hold. They are in the Worker, so that a check needs no database.
// Nicknames use the lists as they are (`modules/users/rules.ts`). What of them counts in running text, and where, is in `text-words.ts`.

export const wordsOf = (text: string): string[] => text.trim().split(/\s+/)

const profanity = wordsOf(`
  씨발 씨팔 씨벌 씨부랄 시부랄 쒸발 쒸벌 쓰벌 쓰발 썅 쌍년 쌍놈 시발놈 시발년 시발새 시발련 시발롬 시벌놈 시벌년 시팔놈 시팔년 슈발놈 슈발년 씹새 씹할 씹팔 씹년 씹놈
  씹창 씹덕 십새끼 십새키 십팔놈 십팔년 개새끼 개새키 개색끼 개색히 개색기 개쉑 개쌔끼 개같은놈 개같은년 개잡년 개잡놈 병신 븅신 빙신 뷩신 병쉰 개지랄 생지랄 지랄하
  지랄떨 지랄마 지랄병 쥐랄 염병할 옘병 좆 졷 좃 좇같 좇까 조까라 존나 느금마 니애미 니에미 니미럴 니애비 느개비 엠창 애미없 애비없 호로새끼 호로자식 후레자식 미친놈
  미친년 미친새끼 또라이 찐따새 찐따야 찐따들 빡대가리 돌대가리 저능아 닥쳐라 꺼져라 아가리닥 엿먹어라 뒈져 뒈질 뒤져라 쳐죽 죽여버 자살해라
`)

const sexual = wordsOf(`
  섹스 쎅스 섹쓰 섹파 포르노 야동배우 개보지 왕보지 보지년 백보지 빽보지 자지년 자위행위 자위녀 자위남 빠구리 육변기 걸레년 창녀 창년 매춘 성매매 몸파는 조건만남
  원조교제 강간범 강간마 강간당 성폭행 성추행 오르가즘 젖탱 젖통 빨통 변태새끼 변태남 변태녀 룸살롱 오피걸 페도필 로리콘 소아성애 수간하 수간충
`)

const hate = wordsOf(`
  한남충 한녀충 김치녀 된장녀 맘충이 맘충들 급식충 틀딱 메갈년 메갈리아 워마드 일베충 페미년 꼴페미 보슬아치 전라디언 홍어족 홍어새끼 짱깨 짱꼴라 쪽바리 쪽빠리 조센징
  똥남아 개슬람 똥꼬충 장애새끼 장애인새끼 애자새끼 정신병자 노알라 히틀러
`)

const impersonation = wordsOf(`
  운영자 운영진 운영팀 관리자 어드민 모더레이터 고객센터 고객지원 상담원 공식계정 공식운영 멍이랑운영 멍이랑관리 멍이랑공식 멍이랑고객 멍이랑스태프 멍이랑팀 멍이랑봇
  공식멍이랑 탈퇴한 알수없는사용자 withbowwow administrat sysadmin webmaster moderator official
`)

const latin = wordsOf(`
  fuck bitch bullshit shithead asshole dickhead cocksucker nigger nigga faggot whore slut porn
  hentai pedophile hitler ssibal ssival gaesaekki byungsin byeongsin jotgat
`)

/** What may stand in no text either, as opposed to who one pretends to be. */
export const abusiveWords: readonly string[] = [...profanity, ...sexual, ...hate, ...latin]

/**
 * Refused anywhere in a nickname (compare lower-cased, and once more with its digits taken out: 씨1발). Nicknames have no single
 * jamo and no spaces, so none are listed. Roots are as long as it takes to leave innocent words alone, a dog app's above all:
 * not 시바 (시바견), 새끼 (아기 새끼), 깜둥이 (a black dog's name), 발정, 씹 (개껌씹기), 좇 (꿈을좇는), 개년 (5개년), 메갈 (메갈로돈),
 * 딸딸이 (딸딸이엄마), 왕자지 (우리집왕자지), 홍어, 개쉐이 (무지개쉐이크); in English not admin (badminton), cock (cocker, cockapoo),
 * shit (shitzu), dick (dickens), rape (grape), sex (essex), cum, anal, pedo (torpedo). What is innocent only as a part of
 * something longer is in `bannedWholeWords`. 씨발, 병신 and 개보지 do hit 아저씨발바닥, 물병신발 and 안개보지마; that price is paid.
 */
export const bannedWords: readonly string[] = [...abusiveWords, ...impersonation]

/**
 * Refused only as the whole nickname, digits aside (시발, 시발12), because they are parts of innocent ones:
 * 역시발바닥, 다시빨리, 강아지랄라, 건강간식, 해보지마, 잠자지마, 물걸레, 등신대, 강아지야동네, 오후장보기, 과자살래, 생일베이글,
 * 맘충전, 찐따뜻한, 의자위, 슈발리에, 멍멍이랑, staffy.
 */
export const bannedWholeWords: readonly string[] = wordsOf(`
  시발 시벌 시팔 시빨 씨빨 슈발 십팔 지랄 개세끼 찐따 보지 자지 걸레 등신 염병 새끼 야동 야설 야스 자위 후장 창남 수간 슴가 강간 윤간 대딸 변태 자살 맘충 일베 메갈
  한남 한녀 나치 멍이랑 멍이랑앱 운영 관리 관리인 매니저 공지 공지사항 시스템 스태프 오피셜 고객 알수없음 사용자 admin root staff support system
  manager notice gm cs null undefined shit dick cock cunt pussy rape rapist sex sexy penis vagina
  nazi cum anal sibal shibal
`)
