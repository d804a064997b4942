// Numbers that nobody should show to strangers (`docs/product.md#words`): resident registration, phone and card numbers.

import { asSeen } from './views.ts'

/** A number stands alone: no digit, and no figure that goes on (1.01012345678), is beside it. */
const ALONE = String.raw`(?<!\d|\d[.,:/-])`
const OVER = String.raw`(?![\d]|[.,:/-]\d)`
const GAP = String.raw`[\s.\-–—‐_~*/·)]{0,3}`

/** Six digits of a birth date, a digit for the century and the sex, and six more. */
const RESIDENT = new RegExp(String.raw`${ALONE}(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\s?[-–—‐~.]\s?|\s)?([1-8])(\d{6})${OVER}`, 'g')
const RESIDENT_WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
/** Nobody with a number of the 2000s was born later. */
const YEAR_MAX = 2040

function isResidentNumber([, year = '', month = '', day = '', gap = '', sex = '', rest = '']: RegExpExecArray): boolean {
  const birthYear = ('1256'.includes(sex) ? 1900 : 2000) + Number(year)
  const isDate = birthYear <= YEAR_MAX && Number(day) <= new Date(Date.UTC(birthYear, Number(month), 0)).getUTCDate()
  // Bar codes and other rows of 13 digits look the same, but few of them have the check digit. Since October 2020 new numbers have none.
  return isDate && (gap !== '' || birthYear >= 2020 || hasCheckDigit(`${year}${month}${day}${sex}${rest}`))
}

function hasCheckDigit(digits: string): boolean {
  const sum = RESIDENT_WEIGHTS.reduce((total, weight, i) => total + weight * Number(digits[i]), 0)
  // A foreigner's number is two more.
  const expected = (11 - (sum % 11)) % 10
  const last = Number(digits[12])
  return last === expected || ('5678'.includes(digits.charAt(6)) && last === (expected + 2) % 10)
}

const NUMERALS: Readonly<Record<string, string>> = {
  공: '0',
  영: '0',
  일: '1',
  이: '2',
  삼: '3',
  사: '4',
  오: '5',
  육: '6',
  륙: '6',
  칠: '7',
  팔: '8',
  구: '9',
  o: '0',
}
/** Mobile numbers in words, whole or in part: 공일공 1234 오육칠팔. */
const SPOKEN = /(?:공일공|영일영|공1공|0일0|o1o|01o|o10|010)(?:[\s\-.]{0,2}[0-9공영일이삼사오육륙칠팔구o]){8}/g

const PHONES = [
  // Mobile, also with the country's code.
  String.raw`${ALONE}\(?01[016789]\)?${GAP}\d{3,4}${GAP}\d{4}`,
  String.raw`(?:\+|00|${ALONE})82${GAP}\(?0?\)?1[016789]${GAP}\d{3,4}${GAP}\d{4}`,
  String.raw`\+82${GAP}\(?0?\)?(?:2|[3-6][1-5]|70|50\d)${GAP}\d{3,4}${GAP}\d{4}`,
  // Digit by digit.
  String.raw`${ALONE}0[\s.-]1[\s.-][016789](?:[\s.-]{1,3}\d){7,8}`,
  // Landlines, internet phones and numbers that hide another.
  String.raw`${ALONE}\(?02\)?${GAP}\d{3,4}[\s.\-–—_~*/·)]{1,3}\d{4}`,
  String.raw`${ALONE}\(?0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\d)\)?${GAP}\d{3,4}[\s.\-–—_~*/·)]{1,3}\d{4}`,
  String.raw`${ALONE}0(?:2\d{7,8}|(?:3[1-3]|4[1-4]|5[1-5]|6[1-4])\d{7,8}|70\d{8}|50\d{9})`,
].map((source) => new RegExp(`(?:${source})${OVER}`))

/** Cards in groups or in one row. The first digits tell issuers from the chips of dogs (15 digits from 410) and from order numbers. */
const CARD = new RegExp(String.raw`${ALONE}(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})${OVER}`, 'g')
const ISSUERS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|720)\d{12,13}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|5\d\d|4[4-9]\d)\d{12}|62\d{14,17}|9[0-9]\d{14})$/

function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '')
  if (!ISSUERS.test(digits)) return false
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 0 ? 1 : 2)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}

/** Whether the text holds a number of this kind. Distances, dates, times, prices, steps and positions are none. */
export function findPersonalData(text: string): boolean {
  const plain = asSeen(text)
  // The shortest of these numbers has nine digits.
  if (!/(?:[\d공영일이삼사오육륙칠팔구o][^\d공영일이삼사오육륙칠팔구o]{0,5}){9}/.test(plain)) return false
  const spelled = plain.replaceAll(SPOKEN, (number) =>
    number.replaceAll(/[공영일이삼사오육륙칠팔구o]/g, (numeral) => NUMERALS[numeral] ?? numeral),
  )
  return (
    PHONES.some((phone) => phone.test(spelled)) ||
    [...spelled.matchAll(RESIDENT)].some(isResidentNumber) ||
    [...spelled.matchAll(CARD)].some(([number]) => isCardNumber(number))
  )
}
