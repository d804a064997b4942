// How the list counts in running text. Nicknames have no spaces, no particles and little room, so they can be stricter. In a text a word of the list may
// be a part of innocent ones (아저씨 발, 병 신고, 해보지 않기로), and a dog app is full of 시바견, 지랄견 and 강아지 새끼. Where both readings are likely, the innocent one counts.

import { abusiveWords, wordsOf } from './list.ts'

/** Where a word of the list is found: inside others, only where a word begins, or only as a word of its own, with what may follow one. */
type Place = 'inside' | 'begins' | 'whole'
/** `word` may hold regular expressions. `unlessAfter` and `unlessBefore` are the innocent neighbours. */
interface Rule {
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
const FOOT = '바닥|톱|가락|자국|자욱|걸음|도장|꼬락|꼬순|매트|수건|세정|표|휘|급|달|견|굴|레'
/** What comes after a puppy or a kitten: 이 새끼 고양이, 개새끼 때부터. */
const YOUNG = String.raw`\s?(?:고양|강아|냥|멍|견|묘|때|시절|낳|분양|키우|입양|출산|발가락|발톱|발바닥|손가락|젖|티|들?\s?(?:한|두|세|네|다섯|여섯|몇|\d+)\s?마리|들?[이은을]?\s?(?:태어|눈\s?떴|낳|귀여|예뻐|건강))`
/** Dogs whose name ends with 개. */
const KINDS = '돗|들|산|살|물|냥|무지|번|안|베|조|날개|덮|어미|누렁|복|똥|양치기|사냥|소'
const SSI = '아저|아가|솜|날|글|홀|불|맘|음|꽃|풀|볍|접|코|콩|리|두|미|봄'

/** Contexts in which a word of the list is innocent, and the place where it counts. A word without a line is found inside others. */
const LISTED: Readonly<Record<string, Omit<Rule, 'word'>>> = {
  씨발: { place: 'inside', unlessAfter: SSI, unlessBefore: `${FOOT}|아(?:율|시[키킨켜]|했|됐|하)` },
  씨팔: { place: 'inside', unlessAfter: SSI, unlessBefore: String.raw`\s?(?:꿈치|찌|목|뚝|짱|아요|고\s|려|았|월|십|천|백|만|에\s|을\s|이\s)` },
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
  존나: { place: 'begins', unlessBefore: '누|눠|뉘|무|와\\s|왔|온|오\\s|오는|타|가는' },
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
  ...Object.fromEntries(
    wordsOf('개새끼 개새키 개색끼 개색히 개색기 개쉑 개쌔끼 개잡년 개잡놈').map((word) => [
      word,
      { place: 'inside', unlessAfter: `${KINDS}|[0-9]`, unlessBefore: `${YOUNG}|이크|상|깔|소` },
    ]),
  ),
}

/** Words that only texts have, because no nickname can hold them or because they are spellings of a word of the list. */
const SPELLINGS: readonly Rule[] = [
  ...each('inside', '씨부럴 시부럴 쓰부랄 씹럴 쓰펄 씝새 씨이+발 씨바[아ㅏ]+알 시바아+알 병시인 벙신같 존오나 개새애+끼 개애+새끼 호래자식 애새끼 미친노마 쌉년 썅'),
  ...each('begins', '씨펄 시펄 쉬펄 쉬벌 쒸펄 시벌롬 시벌럼 시발럼 시발새끼 시발것 조온나 좃나 개객끼 개객기 개샛기 개샛끼 개섀끼 개쉬끼 개쉐끼 개쉑히 개샤끼 개쌔기 개세끼 개씨발 개시발 개병신 개쓰레기새끼 개독교 보짓물 십색기 십색끼 씹쌔 쌍놈 느그애[미비] 느그에[미비] 니엄창 니기미 닝기미 육시럴 벙신 씨뱔 시뱔 씨볼 시바련 시바럼 시바롬 죤나 젼나 줜나 미췬놈 미췬년 미틴놈 미친넘 절라디언 까보전 질싸 샛끼야 새꺄 빨갱이새끼 씨박 쥐새끼같'),
  ...each('whole', '시벌 시팔 시빨 씨빨 슈발 슈벌 쉬발 쉬빨 쓰빨 스발 스벌 씌발 쎠발 쉬불 씨불 십발 씹발 싯발 싀발 쓰바 존내 조낸 졸라게 찐따 맘충 메갈 한녀 등신 야동 야설 후장 창남 대딸 윤간 일베 뷰지 보빨 느금 짱개 쎅쓰 쌕스 떼씹 갈보 화냥년 잡년 잡놈 정박아 장애년 장애놈 개씹 그년 저년 새꺄 샛끼 좁밥 한남들 한남놈 썅뇬 샹년 도라이 노콘 원나잇'),
  { word: '시발', place: 'whole', unlessBefore: String.raw`\s(?:열차|역|택시|버스|지하철|전철|첫차|자동차|지점|점|노선|지\s)` },
  { word: '염병', place: 'whole', unlessBefore: String.raw`\s?(?:아니|이\s아|은|에|균)` },
  { word: '씨바', place: 'whole', unlessBefore: String.raw`\s?(?:견|이누|개|강아지|독)` },
  { word: '지랄', place: 'begins', unlessAfter: String.raw`(?:3|삼)대\s?`, unlessBefore: String.raw`견|묘|냥|멍|맞|력|미|꾼|개|\s?(?:3|삼)?\s?대장|\s맞` },
  { word: '개자식', place: 'begins', unlessAfter: String.raw`(?:우리|울|내|우리집|우리 집)\s?` },
  { word: '개씨발', place: 'inside' },
  ...each('whole', 'shit shitty fuk fck fuc fucc fcking wtf stfu gtfo cunt bastard motherfucker retard dumbass jackass phuck biatch fag fags sibal shibal sibar ssibar jiral byungshin gaesekki gaeseki ssibalnom tlqkf tlqkfsha tlqkfshadk tlqkfsus qudtls wlfkf whssk rotorl tkdshadk'),
].map((rule) => (rule.word === 'shit' ? { ...rule, unlessBefore: String.raw`[\s-]?(?:t?zu|su|zhu)` } : rule))

function each(place: Place, words: string): Rule[] {
  return wordsOf(words).map((word) => ({ word, place }))
}

/** Turns of phrase: words that are innocent by themselves. They stand after a border, and hold their own. */
const PHRASES: readonly string[] = [
  // 새끼, where it cannot be a young animal.
  String.raw`[이저그]새끼(?!${YOUNG})`,
  String.raw`야\s?이?\s?새끼`,
  String.raw`[이저그]\s새끼(?:야|들아)`,
  String.raw`새끼들?아(?:[!.\s]|$)`,
  String.raw`(?:미친|병신|또라이|찐따|씨발|시발|쓰레기|썩을|짱깨|양아치|사기꾼|거지|변태|호로|한남|싸가지\s?없는|개\s?같은|개만도\s?못한|좆같은|[너니]\s?같은|어린\s?놈의|어린노무)\s?(?:같은\s?)?(?:새끼|새기|색기|쉐끼|색끼|쌔끼|세끼|ㅅㄲ)(?!${YOUNG})`,
  String.raw`새끼야\s?(?:꺼져|닥쳐|죽|뒤|뒈|씨|시발)`,
  String.raw`(?:야|이|저|그|미친|좆|썩을)\s?개\s?새끼(?:야|들아|ㅋ|!|$)`,
  String.raw`개\s?만도\s?못한\s?(?:놈|년|새끼|것들)`,
  String.raw`개새\s끼`,
  String.raw`개\s?같은\s?(?:놈|년|것들|자식|새끼(?!${YOUNG}))`,
  String.raw`(?:이|저|야|미친|썅)\s?개년(?:아|들|이|은|아니)?(?![가-힣])`,
  String.raw`(?:미친|또라이|씨발|시발|썅|창녀|걸레|김치|된장|한녀|쓰레기)\s?(?:같은\s?)?[년뇬](?!도|간|차|째|생|\s?전|\s?만)`,
  String.raw`(?:미친|병신|또라이|씨발|시발|쌍|상|개\s?잡|호로|개만도\s?못한|육시랄)\s?(?:같은\s?)?놈`,
  String.raw`병신\s?같은\s?년`,
  String.raw`(?:이|저|야|미친)\s?병신년(?!도|에|생|의|은)`,
  String.raw`쌍\s년`,
  String.raw`(?:멍청한|더러운|못된|나쁜|사악한|재수\s?없는|싸가지\s?없는|역겨운|썩을|망할|빌어먹을|염병할|추한|천한)\s?년(?![가-힣]*[도간차째생]|\s?만)`,
  String.raw`(?:멍청한|더러운|역겨운|재수\s?없는|썩을|빌어먹을|망할|비겁한|한심한|뻔뻔한|무식한)\s?새끼(?!${YOUNG})`,
  String.raw`[그저이]년\s?보지(?!\s?[마말않못는도를])`,
  String.raw`이\s?년아(?![가-힣])`,
  String.raw`야\s이\s?년(?:아|이)`,
  String.raw`18\s?(?:놈|색[기끼]|년(?:아|들아)|새끼야)`,
  String.raw`[씨시]8(?!\s?[0-9분시:])(?:놈|년|새끼|[!ㅋ\s]|$)`,
  // Parted by one space, where what follows leaves no other reading.
  String.raw`[씨시]\s[발벌팔](?:놈|년|롬|럼|련|새끼|새기|것|끼)`,
  String.raw`[씨시]발\s?(?:놈|년|롬|럼|련|새끼|새기|것)`,
  String.raw`병\s신(?:아(?![가-힣])|같|새끼|놈|년|들아|짓|ㅋ)`,
  String.raw`지\s랄(?!라)`,
  String.raw`존\s나게`,
  String.raw`좆\s`,
  // Go away, shut up, die: imperatives to a person.
  String.raw`(?:입|아가리|주둥아리|주둥이)\s?(?:좀\s?)?(?:닥쳐|닥치(?!고)|처닫|쳐닫)`,
  String.raw`닥쳐라?(?=\s?(?:[!.~ㅋㅡ]|$|이|씨|시발|병신|미친|좀))(?<!(?:이|가|에|로|이\s|가\s|에\s|로\s)닥쳐라?)`,
  String.raw`(?:야|좀|너|넌|당장|걍|그냥|제발|이제|빨리|니까|저리|썩|년아|놈아|끼야|충|충들|끼들아?|끼들은)\s?꺼져라?(?=\s?(?:[!.~ㅋㅡ]|$|이|씨|시발|병신|미친|좀))`,
  String.raw`꺼져라?(?=\s?(?:이|씨발|시발|병신|미친|개새)\s?(?:새|발|놈|년|신|끼|!|$))`,
  String.raw`꺼져라?(?=[!.ㅋ]*$)(?<=^꺼져라?)`,
  String.raw`(?:나가|나가서|너|넌|니가|콱|확|제발|새끼는?|새끼들은?)\s?(?:뒤져라?|뒤지[라던]|디져라?|뒤졌으면)(?!보|봐|봤|서|도|요|야|\s[보봐찾])`,
  String.raw`(?:뒤질래|디질래|뒤지고\s?싶|디지고\s?싶|뒤졌[냐으]|처죽|때려\s?죽(?!여도|어도)|찢어\s?죽|패\s?죽|쳐\s?뒤져|처맞아)`,
  String.raw`(?:너|니|니네|진짜)\s?뒤진다`,
  String.raw`(?:칼로|칼)\s?(?:찔러|쑤셔)`,
  String.raw`죽여\s?버[린릴](?:다|까|거|게)(?<!(?:진드기|벌레|모기|벼룩|바퀴|세균|기생충|잡초|개미|파리|분위기|매력|귀여움).{0,24})`,
  String.raw`(?:너|넌|니가|나가|가서|그냥|걍|제발)\s?(?:자살해|자살이나|목매|나가\s?죽어|죽어라(?=[!.ㅋ\s]*$)|죽어버려(?!요|서|도|여))`,
  String.raw`자살(?:해라|이나\s?해|해버려|각)`,
  String.raw`나가\s?죽어(?!도|야|서|가|보)`,
  String.raw`죽고\s?싶냐`,
  String.raw`대가리\s?(?:깨|박아|나쁜|에\s?(?:똥|뭐))`,
  String.raw`아가리\s?(?:찢|싸|벌)`,
  String.raw`(?:눈깔|눈까리)\s?(?:을\s?)?(?:파|뽑|깔)`,
  String.raw`모가지\s?(?:를\s?)?(?:비틀|따)`,
  // Somebody's mother.
  String.raw`(?:니|네|느그|너네|너희|니네)\s?(?:애미|에미|애비|에비)(?!야|\s?고양)`,
  String.raw`(?:니|네|느그|너네|니네)\s?(?:엄마|애미|부모)\s?(?:창녀|뒤|없|죽)`,
  String.raw`(?:애미|에미|애비)\s?(?:뒤진|뒤졌|디진|터진|없[냐노음])`,
  String.raw`(?:애미|애비)\s?없는\s?(?:놈|년|새끼(?!\s?(?:들|고양|강아|냥|를|가))|것)`,
  String.raw`(?:감독|작가|주인|견주|사장|남자|여자|알바|경비|경찰|아저씨|아줌마|할배|노인|늙은이|인간|초딩|중딩|고딩|호모|원숭이|홍어)\s?새끼(?:들?(?:아|야|이|가|은|는|을|를|도|한테)|들|[!.ㅋ]|$)(?!${YOUNG})`,
  String.raw`(?:견주|여자|아줌마|레즈)\s?[년뇬](?:[아들이은]|[!.ㅋ]|$)`,
  String.raw`쪽발이\s?(?:새끼|놈|들)`,
  String.raw`(?:쓰레기|양아치|벌레|버러지|기생충)\s?같은\s?놈`,
  // Sex.
  String.raw`[보자]지\s?(?:빨(?:아|고|게|자|래\?)|구멍|털|물|따먹|쑤|에\s?박|에\s?싸|년|새끼(?!${YOUNG}))`,
  String.raw`[보자][1@*#]지`,
  String.raw`(?:너|누나|언니|년|여자|걔|쟤)[가-힣]{0,3}\s?따먹`,
  String.raw`따먹고\s?싶다`,
  String.raw`강간(?:해|하고\s?싶|하자|할)`,
  String.raw`꼴(?:린다|리네|려$|려\s|릿)`,
  String.raw`(?:가슴|엉덩이|젖)\s?(?:만지고\s?싶|주무르|빨고\s?싶)`,
  String.raw`조건\s만남\s?(?:하|해|구|가능|원)`,
  String.raw`출장\s?(?:안마|마사지|샵)`,
  String.raw`몸캠`,
  String.raw`스폰\s?(?:구|해\s?줄|만남|받)`,
  String.raw`(?:야한|알몸|나체)\s?(?:사진|영상)`,
  String.raw`좆`,
  // One's group.
  String.raw`(?:장애인|장애|애자|병자|틀니|꼰대|급식|한남|짱깨|흑인|게이|깜둥이|외노자)\s?(?:새끼|충|놈들?|년들?)(?!${YOUNG}|전|북)`,
  // Half letters, half jamo.
  String.raw`[ㅅㅆ]발(?!${FOOT})`,
  String.raw`[씨시]ㅂ(?:ㄴ|ㅅㄲ|ㄹㅁ|놈|년|새)`,
  String.raw`[씨시]ㅂ(?![ㄱ-ㅣ가-힣])`,
  String.raw`ㅂ신(?!고|청|발)`,
  String.raw`병ㅅ(?![ㄱ-ㅣ])`,
  String.raw`ㅈ랄`,
  String.raw`지ㄹ(?:하|이|을|도|ㅋ|\s|$)`,
  String.raw`개(?:ㅅㄲ|새ㄲ|ㅅ끼|ㅆㄲ|세ㄲ)`,
  String.raw`ㄱ(?:새끼|ㅅ끼|새ㄲ)`,
  String.raw`(?:이|저|그|미친|야|ㅁㅊ|병신|씨발|ㅅㅂ)\s?(?:ㅅㄲ|새ㄲ)`,
  String.raw`ㅅㄲ(?:야|들아|ㅑ)`,
  String.raw`ㅈ(?:같|까|밥|나게|나\s|되[면네]|됐|도\s?모|만[아한])`,
  String.raw`(?:미친|ㅁㅊ|썅|씨발|시발)\s?(?:ㄴ|ㄴㅕㄴ|ㄴㅗㅁ|놈|년)(?![ㄱ-ㅎ도])`,
  String.raw`[cC]발(?:놈|년|ㅋ|[!.\s]|$)`,
  String.raw`(?:ssi|si|shi)발`,
  // English.
  String.raw`f[\W_]{0,2}[u*@v#x][\W_]{0,2}[c*x#k(][\W_]{0,2}k(?![가-힣])`,
  String.raw`s[h#]?[*#]t(?![a-z])`,
  String.raw`(?:you|ur?|u r|stupid|fucking|crazy|dumb|ugly|fat|little|a|son of a|ass|these|those|this|what a|is a|up|the|hey|basic|lazy)\s(?:lil\s)?b[i1!*]tch(?:es|ass)?(?![a-z])(?!.{0,40}(?:pupp|pups|litter|whelp|breed|dog|heat|spay|pregnan|sire|kennel|show))(?<!(?:pupp|litter|whelp|breed|dog|kennel|stud|spay|vet).{0,60})`,
  String.raw`b[*#1!]tch|bi[*#]ch`,
  String.raw`(?:you|such\sa)\sdick(?![a-z])`,
  String.raw`suck\smy\s(?:dick|cock)`,
  String.raw`kill\s(?:yourself|urself)|kys(?![a-z])`,
  String.raw`go\sto\shell|piece\sof\scrap`,
]

/** Abbreviations by initials. Each counts as a whole run of consonants, without the laughing around it. ㅂㅅ and ㅅㅂ mean a bus and a shiba less often than abuse. */
export const INITIALS: ReadonlySet<string> = new Set(
  wordsOf(`
  ㅅㅂ ㅆㅂ ㅅㅂㅅㅂ ㅆㅂㅆㅂ ㅅㅂㄴ ㅆㅂㄴ ㅅㅂㄴㅁ ㅆㅂㄴㅁ ㅅㅂㄴㄷ ㅅㅂㅅㄲ ㅆㅂㅅㄲ ㅅㅂㄹㅁ ㅆㅂㄹㅁ ㅅㅂㄻ ㅆㅂㄻ ㅄ ㅂㅅ ㅂㅅㅅㄲ ㅄㅅㄲ ㅂㅅㄴ ㅈㄹ ㅈㄴ ㄱㅅㄲ ㄱㅆㄲ ㄳㄲ ㄴㄱㅁ
  ㄴㅇㅁ ㅁㅊㄴ ㅁㅊㄴㅁ ㅁㅊㅅㄲ ㅆㄴ ㅅㅄ ㅈㄹㄴ ㅗㅗ ㅗㅗㅗ ㅗㅗㅗㅗ
`),
)

/** What may stand between a border and a word of abuse: 아시발, 개존나, 이병신. */
const INTERJECTION =
  '(?:[아와야오이저그하헐너니또왜뭔썅]|야이|아오|아놔|에이|에휴|이런|저런|무슨|어휴|으휴)?(?:개|존나|진짜|걍|그냥|완전|미친|씨발|시발|병신)?'
const BEGINNING = new RegExp(`(?<=(?:^|[^가-힣a-z0-9])${INTERJECTION})`, 'y')
/** The last letters of interjections. After any other letter no word begins. */
const INTERJECTION_ENDS = '아와야오이저그하헐너니또왜뭔썅놔휴런슨개나짜걍냥전친발신'
const LETTER = /[가-힣a-z0-9]/
const BEGIN_LATIN = '(?<![a-z0-9])'

/** Whether a word may begin at the place. */
export function isBeginning(text: string, at: number): boolean {
  const before = text.charAt(at - 1)
  if (!LETTER.test(before)) return true
  if (!INTERJECTION_ENDS.includes(before)) return false
  BEGINNING.lastIndex = at
  return BEGINNING.test(text)
}

const PARTICLE =
  '은|는|이|가|을|를|아|야|도|만|의|에|로|으로|랑|이랑|과|와|들|까지|처럼|같|은|다|네|냐|니|노|임|인|인가|라|라고|이라고|란|거리|하|고|한|할|함|해|했|네|요|에요|예요|잖아|이나|나|뭐|진짜|존나|그냥|왜|또|아니|개|좀|이게|저게'
const INSULT = '놈|년|새끼|새기|새키|색기|럼|롬|련|뇬|것|거|짓|자식|아저씨'
const END = `(?=(?:${PARTICLE}|${INSULT}){0,4}(?![가-힣]))`
const END_LATIN = '(?![a-z])'

interface Source {
  readonly letters: readonly string[]
  readonly source: string
  /** Whether it counts only where a word begins (`isBeginning`). */
  readonly begins: boolean
}

function sourceOf({ word, place, unlessAfter, unlessBefore }: Rule): Source {
  const isLatin = /^[a-z]/.test(word)
  const begin = isLatin && place !== 'inside' ? BEGIN_LATIN : ''
  const end = place === 'whole' ? (isLatin ? END_LATIN : END) : ''
  const source = `${begin}${unlessAfter ? `(?<!${unlessAfter})` : ''}${word}${unlessBefore ? `(?!${unlessBefore})` : ''}${end}`
  return { letters: firstLetters(word), source, begins: place !== 'inside' && !isLatin }
}

/** The letters that a source can begin with: 가 and 나 of `(?:가다|[나])`. */
function firstLetters(source: string, at = 0): string[] {
  if (source.charAt(at) === '[') return [...source.slice(at + 1, source.indexOf(']', at))]
  if (!source.startsWith('(?:', at)) return [source.charAt(at)]
  const letters = firstLetters(source, at + 3)
  for (let end = at + 3, depth = 0; end < source.length && depth >= 0; end++) {
    const letter = source.charAt(end)
    if (letter === '(') depth++
    else if (letter === ')') depth--
    else if (letter === '|' && depth === 0) letters.push(...firstLetters(source, end + 1))
  }
  return letters
}

/** The rules that begin with one letter: those that count anywhere, and those that count where a word begins. */
export interface LetterRules {
  readonly inside: RegExp | null
  readonly begins: RegExp | null
}

/**
 * The rules by the letter they begin with, so that most letters of a text cost one look-up. They are made when the first text is checked, and compiled when a text
 * first holds their letter, so that they cost no start of the Worker.
 */
export function createRules(): (letter: string) => LetterRules | undefined {
  const listed = textWords.map((word) => ({ word, place: 'inside' as const, ...LISTED[word] }))
  const byLetter = new Map<string, Source[]>()
  const phrases = PHRASES.map((source) => ({ letters: firstLetters(source), source, begins: true }))
  for (const source of [...[...listed, ...SPELLINGS].map(sourceOf), ...phrases]) {
    for (const letter of new Set(source.letters)) {
      const others = byLetter.get(letter)
      if (others) others.push(source)
      else byLetter.set(letter, [source])
    }
  }
  const compiled = new Map<string, LetterRules>()
  return (letter) => {
    const known = compiled.get(letter)
    const sources = known ? undefined : byLetter.get(letter)
    if (!sources) return known
    const rules = { inside: anyOf(sources, false), begins: anyOf(sources, true) }
    compiled.set(letter, rules)
    return rules
  }
}

function anyOf(sources: readonly Source[], begins: boolean): RegExp | null {
  const these = sources.filter((source) => source.begins === begins)
  return these.length === 0 ? null : new RegExp(these.map(({ source }) => source).join('|'), 'y')
}
