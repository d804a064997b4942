import { BUYERS, findBuyer, type Buyer } from './buyers.ts'
import { CAST, type Owner, WEATHER_DOGS } from './owners.ts'
import { makeTown, TOWN_DAYS } from './town.ts'
import { draw } from './camera.ts'

const WORDS: Readonly<Record<keyof typeof CAST, string>> = {
  champion: 'walks every day: at the top of the boards, with a long streak and many badges. Hosts a full meetup every Saturday',
  premium: 'was given premium for a year, with two dogs. Hosts a meetup for small dogs, and is asked by who wants to come',
  admin: 'an admin: /admin shows them the reports, and the jobs, and GET /admin/payments a message of nobody and a refused refund',
  social: 'invites often, has blocked somebody, has opened maps and walked in company',
  newcomer: 'a newcomer of this week, with few walks and everything unread',
}

const DOGS: Readonly<Record<keyof typeof WEATHER_DOGS, string>> = {
  husky: 'a husky, whom the cold hardly troubles',
  pug: 'a pug, whom heat and dust trouble',
  puppy: 'a puppy of a few months',
  overweight: 'an overweight beagle, whom heat troubles',
  frail: 'an old dog with a weak heart',
}

/** Who it is worth logging in as, one line each. */
export function guide(): string[] {
  const town = makeTown({ first_day: '2026-01-01', camera: draw })
  const { owners } = town
  return [
    `neighbours to log in as, with their Kakao ids (the playground takes them as well): ${owners.length} in all, over ${TOWN_DAYS} days`,
    ...Object.entries(CAST).map(([part, number]) => lineOf(owners[number]!, WORDS[part as keyof typeof CAST])),
    ...Object.entries(WEATHER_DOGS).map(([dog, { number }]) => lineOf(owners[number]!, DOGS[dog as keyof typeof WEATHER_DOGS])),
    ...Object.entries(BUYERS).flatMap(([buyer, words]) => {
      const owner = findBuyer(town, buyer as Buyer)
      return owner ? [lineOf(owner, words)] : []
    }),
  ]
}

const lineOf = ({ kakao_id, nickname }: Owner, words: string) => `  ${kakao_id}  ${nickname}: ${words}`
