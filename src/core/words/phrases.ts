// Abuse that is made of innocent words, and of initials.

import { wordsOf } from './list.ts'
import { FOOT, YOUNG } from './text-words.ts'

/** Turns of phrase: words that are innocent by themselves. They stand after a border, and hold their own. */
export const PHRASES: readonly string[] = [
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
