import { CAST, type Owner } from './owners.ts'
import type { Town } from './town.ts'

/** What some owners have bought, in words for the guide. A small town has the first of them. */
export const BUYERS = {
  goods: 'has bought the dark theme, and was refused the refund of a badge pack',
  renewing: 'pays monthly with a card, and the trial and two renewals are past',
  annual: 'has a year from the App Store',
  trial: 'tries premium with a card, and has not agreed to the charge after it, so it ends a week after the neighbourhood was made',
  grace: 'bought on Google Play, which waits for a late payment: in grace',
} as const
export type Buyer = keyof typeof BUYERS

/** Those who are there from the first day, and are not known for something else. */
export function findBuyer({ owners }: Pick<Town, 'owners'>, buyer: Buyer): Owner | undefined {
  const isSmall = owners.length < 10
  const known = Object.keys(CAST).length
  const chosen = owners.filter(({ number, joins }) => joins === 0 && (isSmall || (number >= known && number % 10 !== 9)))
  return chosen[Object.keys(BUYERS).indexOf(buyer)]
}
