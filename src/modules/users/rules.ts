import { bannedWholeWords, bannedWords } from '../../core/words/list.ts'
import { nicknameAdjectives, nicknameNouns } from './nickname-words.ts'

const NICKNAME = /^[가-힣a-zA-Z0-9]{2,12}$/

/** A neutral name for a newcomer: adjective, noun and four digits, at most twelve letters. It is never the provider's name. */
export function generateNickname(): string {
  return `${pick(nicknameAdjectives)}${pick(nicknameNouns)}${String(randomBelow(10_000)).padStart(4, '0')}`
}

export type NicknameVerdict = 'ok' | 'invalid' | 'banned'

export function checkNickname(nickname: string): NicknameVerdict {
  // A Mac sends decomposed Hangul, whose letters are not allowed as they are.
  const composed = nickname.normalize('NFC')
  if (!NICKNAME.test(composed)) return 'invalid'
  const lower = composed.toLowerCase()
  const letters = lower.replaceAll(/[0-9]/g, '')
  const isBanned = bannedWords.some((word) => lower.includes(word) || letters.includes(word)) || bannedWholeWords.includes(letters)
  return isBanned ? 'banned' : 'ok'
}

function pick(words: readonly string[]): string {
  return words[randomBelow(words.length)] ?? ''
}

function randomBelow(limit: number): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % limit
}
