import type { PartOfDay, Recommendation, RecommendationReason } from './schema.ts'

/** From which hour on. Early birds begin their walks at dawn and night owls at night, as for their badges. */
const BEGINNINGS: readonly (readonly [hour: number, part: PartOfDay])[] = [
  [22, 'night'],
  [18, 'evening'],
  [12, 'afternoon'],
  [6, 'morning'],
  [4, 'dawn'],
]

export function partOfDay(hour: number): PartOfDay {
  return BEGINNINGS.find(([from]) => hour >= from)?.[1] ?? 'night'
}

/** Somebody who is recommended, with what only the server knows of them. */
export interface RecommendedRow extends Omit<Recommendation, 'usual_time'> {
  /** The mean hour of their starts in Seoul. Null where there is none. */
  readonly mean_hour: number | null
  readonly hides_times: boolean
}

/**
 * What others learn: a part of the day in place of the hour, hundredths in place of the score, from which hours and distances could be worked out, and nothing of the time
 * where times are hidden.
 */
export function presentRecommendation({ mean_hour, hides_times, score, reasons, ...card }: RecommendedRow): Recommendation {
  return {
    ...card,
    usual_time: mean_hour === null || hides_times ? null : partOfDay(mean_hour),
    score: Math.round(score * 100) / 100,
    reasons: hides_times ? reasons.filter((reason: RecommendationReason) => reason !== 'same_hours') : reasons,
  }
}
