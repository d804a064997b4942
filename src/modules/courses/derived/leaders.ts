/** A walk that may become a course, the newest first. */
export interface Candidate {
  readonly id: string
  readonly minutes: number
}

/** A course before it has a line: its walk, how many people it has, and how long they take. */
export interface Leader {
  readonly walk_id: string
  readonly people: number
  readonly minutes: number
}

const PEOPLE_MIN = 5
const COURSES_MAX = 5
const MINUTES_STEP = 5

/**
 * The walk that most others are like becomes a course, and leaves with those that are like it. Of equals the newest does. `alike` are pairs of places in `walks`,
 * each of another person.
 */
export function leadersOf(walks: readonly Candidate[], alike: readonly (readonly [number, number])[]): Leader[] {
  const likes = walks.map(() => new Set<number>())
  for (const [one, other] of alike) {
    likes[one]!.add(other)
    likes[other]!.add(one)
  }
  const leaders: Leader[] = []
  while (leaders.length < COURSES_MAX) {
    let most = 0
    for (let i = 1; i < walks.length; i++) if (likes[i]!.size > likes[most]!.size) most = i
    const members = [most, ...(likes[most] ?? [])]
    if (members.length < PEOPLE_MIN) break
    leaders.push({ walk_id: walks[most]!.id, people: members.length, minutes: median(members.map((i) => walks[i]!.minutes)) })
    const left = new Set(members)
    likes.forEach((of, i) => {
      if (left.has(i)) of.clear()
      else for (const gone of left) of.delete(gone)
    })
  }
  return leaders
}

/** The median in steps of five minutes, so that nobody's own time is told. */
function median(minutes: readonly number[]): number {
  const sorted = minutes.toSorted((a, b) => a - b)
  const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
  return Math.max(MINUTES_STEP, Math.round(middle / MINUTES_STEP) * MINUTES_STEP)
}

/** As the heat map tells people: 5, 10, 20, 50 and more. */
export const bandOf = (people: number): number => [5, 10, 20, 50].filter((least) => people >= least).length
