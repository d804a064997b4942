/** Deleted ones count as well. */
export const DAILY_MAX = 200
export const CONTENT_MAX = 500

/** An empty line between paragraphs stays, and more of them become one. */
export const withFewEmptyLines = (text: string): string => text.replaceAll(/\n(?:[^\S\n]*\n){2,}/g, '\n\n')

const LINK = /https?:|www\.|\b[a-z0-9-]{2,}\.(?:com|net|org|kr|io|me|ly|gg|to|app|link|shop|site|store|xyz|top|club|info|biz|tv)\b/
const PHONE = /(?<!\d)(?:\+?82|0)[ .()-]*\d{1,2}(?:[ .()-]*\d){7,8}(?!\d)/
const MESSENGER = /오픈\s*(?:채팅|톡|카톡)|(?:카카오톡|카톡|라인|텔레|텔레그램|인스타)\s*(?:아이디|id\b|추가|친추|주세요|[:@])|kakao\s*(?:talk)?\s*id\b|t\.me\b/

/** Whether somebody is led elsewhere: a link, a telephone number, a name in a messenger. Of people who are new here it waits for a moderator. */
export function isHeld(content: string): boolean {
  const text = content.normalize('NFKC').toLowerCase()
  return LINK.test(text) || PHONE.test(text) || MESSENGER.test(text)
}
