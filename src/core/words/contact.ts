import { findPersonalData } from './personal-data.ts'
import { asSeen } from './views.ts'

const LINK =
  /https?:\/\/|hxxp|\bwww\.|(?<![a-z0-9])(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*(?:\.(?:com|net|org|kr|co|io|me|gg|ly|xyz|shop|link|app|to|info|site|store|club|tv|cc|biz|online|page|be|us)|\s?(?:\.|\(dot\)|닷)\s?(?:com|net|kr|컴))(?![a-z])/
const ADDRESS = /[a-z0-9._%+-]+\s?@\s?[a-z0-9-]+\.[a-z]{2,}|골뱅이\s?(?:네이버|naver|gmail|지메일|다음|daum|hanmail)/
/** 오픈채팅, 옵챗, 카톡 아이디, 텔레 abc, 인스타 @abc. A word that a messenger's name alone would hold: 카톡 왔어요. */
const MESSENGER =
  /오픈\s?(?:채팅|챗|톡|카톡|카카오)|옵\s?챗|옾\s?챗|오\s?픈\s?채\s?팅|ㅇㅍㅊㅌ|open\s?(?:chat|kakao|talk)|(?:카\s?톡|카카오톡?|kakao(?:talk)?|톡|ㅋㅌ|ㅋㅋㅇㅌ|텔레(?:그램)?|telegram|라인|line|디스코드|discord|위챗|wechat|인스타(?:그램)?|insta(?:gram)?|스냅|페메)\s?(?:아이디|id|ㅇㄷ|주세요|줘|주라|추가|친추|해요|할래|하자|ㄱ|문의|상담|dm|디엠|[:：=]\s?\S|@\s?[a-z0-9_.]{3,}|은?\s?[a-z][a-z0-9_.]{3,}\d)|(?:dm|디엠|쪽지)\s?(?:주세요|주삼|줘|ㄱ|보내|환영)|(?<![\w.])@[a-z][a-z0-9_.]{3,}/
/** Rows of digits as of a phone: in groups, or nine and more. */
const DIGITS =
  /(?<!\d|\d[.,:/-])(?:\d{2,4}[\s.)-]{1,2}\d{3,4}[\s.-]{1,2}\d{4}|(?:15(?:22|33|44|66|77|88|99)|16(?:00|44|55|61|66|68|70|88|99)|18(?:11|33|55|66|77|88|99))[\s-]\d{4}|\d{9,})(?![\d]|[.,:/-]\d)/
const SPELLED_DIGITS = /(?:[공영일이삼사오육륙칠팔구]\s?){8,}/

/** Whether the text invites to a place outside the app. It is a sign of advertising, so that comments of new accounts wait for a look. It refuses nothing. */
export function looksLikeContact(text: string): boolean {
  const plain = asSeen(text)
  return [LINK, ADDRESS, MESSENGER, DIGITS, SPELLED_DIGITS].some((sign) => sign.test(plain)) || findPersonalData(text)
}
