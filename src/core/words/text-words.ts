// How the list counts in running text. Nicknames have no spaces, no particles and little room, so they can be stricter. In a text a word of the list may
// be a part of innocent ones (아저씨 발, 병 신고, 해보지 않기로), and a dog app is full of 시바견, 지랄견 and 강아지 새끼. Where both readings are likely, the innocent one counts.

import { abusiveWords, wordsOf } from './list.ts'

/** Where a word is found: inside others, only where a word begins, or only as a word of its own, with what may follow one. */
type Place = 'inside' | 'begins' | 'whole'
/** `word` may hold regular expressions. `unlessAfter` and `unlessBefore` are the innocent neighbours. */
export interface Rule {
  readonly word: string
  readonly place: Place
  readonly unlessAfter?: string
  readonly unlessBefore?: string
}

/**
 * Words of the list that people also use to tell what happened, to ask about a dog's body, or in jest: 성추행 당했어요, 젖통이 부었어요, 진드기를 죽여버렸어요,
 * 귀여워서 씹덕사, 폰이 꺼져라 하고. Those that are abuse in a certain turn of phrase are in `PHRASES`.
 */
const MENTIONED = new Set(
  wordsOf(`
  성폭행 성추행 강간범 강간마 강간당 자위행위 젖통 히틀러 hitler 메갈리아 워마드 죽여버 자살해라 뒤져라 꺼져라 닥쳐라 씹덕 수간하 애미없 애비없 홍어족 홍어새끼 bitch 찐따새
`),
)

/** Words of the list that count in running text. */
export const textWords: readonly string[] = abusiveWords.filter((word) => !MENTIONED.has(word))

/** What makes a dog's foot of 발, or another word: 씨 ends many words (아저씨, 날씨, 초코 씨). */
export const FOOT = '바닥|톱|가락|자국|자욱|걸음|도장|꼬락|꼬순|매트|수건|세정|표|휘|급|달|견|굴|레'
/** What comes after a puppy or a kitten: 이 새끼 고양이, 개새끼 때부터. */
export const YOUNG = String.raw`\s?(?:고양|강아|냥|멍|견|묘|때|시절|낳|분양|키우|입양|출산|발가락|발톱|발바닥|손가락|젖|티|들?\s?(?:한|두|세|네|다섯|여섯|몇|\d+)\s?마리|들?[이은을]?\s?(?:태어|눈\s?떴|낳|귀여|예뻐|건강))`
/** Dogs whose name ends with 개. */
const KINDS = '돗|들|산|살|물|냥|무지|번|안|베|조|날|솔|덮|어미|누렁|복|똥|양치기|사냥|소'
const SSI = '아저|아가|솜|날|글|홀|불|맘|음|꽃|풀|볍|접|코|콩|리|두|미|봄'

/** Contexts in which a word of the list is innocent, and the place where it counts. A word without a line is found inside others. */
const LISTED: Readonly<Record<string, Omit<Rule, 'word'>>> = {
  씨발: { place: 'inside', unlessAfter: SSI, unlessBefore: `${FOOT}|아(?:율|시[키킨켜]|했|됐|하)|라\\s?(?:먹|내|낸|주|줘|냈)` },
  씨팔: {
    place: 'inside',
    unlessAfter: SSI,
    unlessBefore: String.raw`\s?(?:꿈치|찌|목|뚝|짱|아요|고\s|려|았|월|십|천|백|만|에\s|을\s|이\s)`,
  },
  씨벌: { place: 'inside', unlessAfter: SSI, unlessBefore: '써|레|금|벌|떡|집' },
  쓰발: { place: 'inside', unlessBefore: FOOT },
  쓰벌: { place: 'inside', unlessBefore: '써|레' },
  쌍년: { place: 'inside', unlessBefore: '도|간' },
  씹새: { place: 'inside', unlessBefore: '우' },
  씹년: { place: 'inside', unlessBefore: '도' },
  병신: {
    place: 'inside',
    unlessAfter: '물|질|광견|전염|감염|감기|발|피부|심장|눈|꽃|유리|보온|젖|술|약|환자|문|간|난',
    unlessBefore: String.raw`고|청|호\s|호가|발|종|규|경|체|상|생|세|속|년(?!아|들|이\s|ㅋ|\s?새)`,
  },
  빙신: { place: 'begins' },
  병쉰: { place: 'begins' },
  쥐랄: { place: 'begins' },
  염병할: { place: 'begins' },
  졷: { place: 'begins' },
  좃: { place: 'begins' },
  조까라: { place: 'begins' },
  존나: { place: 'begins', unlessBefore: '누|눠|뉘|단|무|와\\s|왔|온|오\\s|오는|타|가는' },
  니애미: { place: 'begins' },
  니에미: { place: 'begins' },
  니미럴: { place: 'begins' },
  니애비: { place: 'begins' },
  느개비: { place: 'begins' },
  엠창: { place: 'begins' },
  자지년: { place: 'begins' },
  빨통: { place: 'begins' },
  섹파: { place: 'inside', unlessBefore: '티' },
  섹스: { place: 'inside', unlessAfter: '유니|에|서' },
  빠구리: { place: 'begins' },
  개보지: { place: 'whole', unlessBefore: String.raw`는|도|를|만|가|\s?(?:마|말|않|못|뭐)` },
  왕보지: { place: 'whole' },
  백보지: { place: 'whole' },
  빽보지: { place: 'whole' },
  창녀: { place: 'begins', unlessBefore: '석' },
  창년: { place: 'begins', unlessBefore: '도' },
  매춘: { place: 'begins' },
  몸파는: { place: 'begins' },
  로리콘: { place: 'begins' },
  한남충: { place: 'inside', unlessBefore: '전|분|청|성|무|북' },
  김치녀: { place: 'inside', unlessBefore: '석' },
  된장녀: { place: 'inside', unlessBefore: '석' },
  장애새끼: { place: 'inside', unlessBefore: YOUNG },
  똥꼬충: { place: 'inside', unlessBefore: '혈|분|격' },
  애자새끼: { place: 'begins' },
  노알라: { place: 'begins' },
  개슬람: { place: 'begins' },
  미친새끼: { place: 'inside', unlessBefore: YOUNG },
  변태새끼: { place: 'inside', unlessBefore: YOUNG },
  faggot: { place: 'begins' },
  whore: { place: 'begins' },
  slut: { place: 'begins' },
  porn: { place: 'whole' },
  개지랄: { place: 'begins' },
}

/** They share one rule, because its contexts are long to compile. */
const DOGS = wordsOf('개새끼 개새키 개색끼 개색히 개색기 개쉑 개쌔끼 개잡년 개잡놈')
const DOG: Rule = {
  word: `개(?:${DOGS.map((word) => word.slice(1)).join('|')})`,
  place: 'inside',
  unlessAfter: `${KINDS}|[0-9]`,
  unlessBefore: `${YOUNG}|이크|상|깔|소`,
}

/** Words that only texts have, because no nickname can hold them or because they are spellings of a word of the list. */
const SPELLINGS: readonly Rule[] = [
  ...each(
    'inside',
    '씨부럴 시부럴 쓰부랄 씹럴 쓰펄 씝새 씨이+발 씨바[아ㅏ]+알 시바아+알 병시인 벙신같 존오나 개새애+끼 개애+새끼 호래자식 애새끼 미친노마 쌉년 썅',
  ),
  ...each(
    'begins',
    '씨펄 시펄 쉬펄 쉬벌 쒸펄 시벌롬 시벌럼 시발럼 시발새끼 시발것 조온나 좃나 개객끼 개객기 개샛기 개샛끼 개섀끼 개쉬끼 개쉐끼 개쉑히 개샤끼 개쌔기 개세끼 개씨발 개시발 개병신 개쓰레기새끼 개독교 보짓물 십색기 십색끼 씹쌔 쌍놈 느그애[미비] 느그에[미비] 니엄창 니기미 닝기미 육시럴 벙신 씨뱔 시뱔 씨볼 시바련 시바럼 시바롬 죤나 젼나 줜나 미췬놈 미췬년 미틴놈 미친넘 절라디언 까보전 질싸 샛끼야 새꺄 빨갱이새끼 쥐새끼같',
  ),
  ...each(
    'whole',
    '시벌 시팔 시빨 씨빨 슈발 슈벌 쉬발 쉬빨 쓰빨 스발 스벌 씌발 쎠발 쉬불 씨불 십발 씹발 싯발 싀발 쓰바 존내 조낸 찐따 맘충 메갈 한녀 등신 야동 야설 후장 창남 대딸 윤간 일베 뷰지 보빨 느금 짱개 쎅쓰 쌕스 떼씹 갈보 화냥년 잡년 잡놈 정박아 장애년 장애놈 개씹 그년 저년 샛끼 좁밥 한남들 한남놈 썅뇬 샹년 도라이 노콘 원나잇',
  ),
  {
    word: '시발',
    place: 'whole',
    unlessBefore: String.raw`\s(?:열차|역|택시|버스|지하철|전철|첫차|자동차|지점|점|노선|지\s)|이\s?[되된됐]`,
  },
  { word: '염병', place: 'whole', unlessBefore: String.raw`\s?(?:아니|이\s아|은|에|균)` },
  { word: '씨바', place: 'whole', unlessBefore: String.raw`\s?(?:견|이누|개|강아지|독)` },
  {
    word: '지랄',
    place: 'begins',
    unlessAfter: String.raw`(?:3|삼)대\s?`,
    unlessBefore: String.raw`견|묘|냥|멍|맞|력|미|꾼|개|\s?(?:3|삼)?\s?대장|\s맞`,
  },
  { word: '개자식', place: 'begins', unlessAfter: String.raw`(?:우리|울|내|우리집|우리 집)\s?` },
  { word: '개씨발', place: 'inside' },
  { word: 'shit', place: 'whole', unlessBefore: String.raw`[\s-]?(?:t?zu|su|zhu)` },
  ...each(
    'whole',
    'shitty fuk fck fuc fucc fcking wtf stfu gtfo cunt bastard motherfucker retard dumbass jackass phuck biatch fag fags sibal shibal sibar ssibar jiral byungshin gaesekki gaeseki ssibalnom tlqkf tlqkfsha tlqkfshadk tlqkfsus qudtls wlfkf whssk rotorl tkdshadk',
  ),
]

function each(place: Place, words: string): Rule[] {
  return wordsOf(words).map((word) => ({ word, place }))
}

/** The words of a text, each with the place where it counts. */
export function listRules(): Rule[] {
  const listed = textWords.filter((word) => !DOGS.includes(word)).map((word): Rule => ({ word, place: 'inside', ...LISTED[word] }))
  return [...listed, DOG, ...SPELLINGS]
}
