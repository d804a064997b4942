/** A walk that may become a course, the newest first. */
export interface Candidate {
  readonly id: string
  /** A kilometre of the whole walk, with its rests. */
  readonly minutes_a_km: number
}

/** A course before it has a line: its walk, how many people it has, and how long they take for a kilometre, which is the median of theirs. */
export interface Leader {
  readonly walk_id: string
  readonly people: number
  readonly minutes_a_km: number
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
    leaders.push({ walk_id: walks[most]!.id, people: members.length, minutes_a_km: median(members.map((i) => walks[i]!.minutes_a_km)) })
    const left = new Set(members)
    likes.forEach((of, i) => {
      if (left.has(i)) of.clear()
      else for (const gone of left) of.delete(gone)
    })
  }
  return leaders
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

/** How long people usually need for a course, which is a part of what they walk. In steps of five minutes, so that nobody's own time is told. */
export const minutesFor = (distanceM: number, minutesAKm: number): number =>
  Math.max(MINUTES_STEP, Math.round(((distanceM / 1_000) * minutesAKm) / MINUTES_STEP) * MINUTES_STEP)

/** As the heat map tells people: 5, 10, 20, 50 and more. */
export const bandOf = (people: number): number => [5, 10, 20, 50].filter((least) => people >= least).length
