import { INITIALS } from './phrases.ts'
import { createRules, isBeginning } from './text-rules.ts'
import { readingsOf } from './views.ts'

let ruleOf: ReturnType<typeof createRules> | undefined

/**
 * Whether a running text holds abuse, obscenity or hatred (`docs/product.md#words`). It errs on the side of the writer: a word that owners of dogs use innocently is
 * let pass, because reports and people find what a list cannot.
 */
export function findObjectionable(text: string): boolean {
  for (const reading of readingsOf(text)) if (holdsWord(reading) || holdsInitials(reading)) return true
  return false
}

function holdsWord(text: string): boolean {
  ruleOf ??= createRules()
  for (let at = 0; at < text.length; at++) {
    const rules = ruleOf(text.charAt(at))
    if (rules && (matches(rules.inside, text, at) || (rules.begins && isBeginning(text, at) && matches(rules.begins, text, at))))
      return true
  }
  return false
}

function matches(rule: RegExp | null, text: string, at: number): boolean {
  if (!rule) return false
  rule.lastIndex = at
  return rule.test(text)
}

const RUN = /[ㄱ-ㅎㅗ]{2,}|ㅄ/g
const LAUGHTER = /^[ㅋㅎㅠㅜ]+|[ㅋㅎㅠㅜㄷ]+$/g
/** A dog or a bus, as in ㅅㅂ견 and ㅂㅅ 타고, or what passes by (ㅈㄴ가다). */
const INNOCENT_AFTER = /^(?:견|이누|가는|가던|가다|\s?(?:타|탔|정류|기다|역|에서|안에))/

/** A vowel that is drawn out, as in 호ㅗㅗ. */
const DRAWN_OUT = /[고꼬노도또로모보뽀소쏘오조쪼초코토포호요]$/

function holdsInitials(text: string): boolean {
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const isDrawnOut = run.startsWith('ㅗ') && DRAWN_OUT.test(text.slice(0, index))
    if (INITIALS.has(run.replaceAll(LAUGHTER, '')) && !isDrawnOut && !INNOCENT_AFTER.test(text.slice(index + run.length))) return true
  }
  return false
}
