/** How much care a walk needs, from none to staying at home. */
export type Level = 0 | 1 | 2 | 3

export const LEVEL_MESSAGES = ['산책하기 좋아요', '조금만 주의해 주세요', '짧게 다녀오세요', '지금은 쉬어요'] as const

/** How many of the rising steps a value has reached. */
export function levelFrom(value: number, steps: readonly [one: number, two: number, three: number]): Level {
  return steps.filter((step) => value >= step).length as Level
}

/** How many of the falling steps a value has reached. */
export function levelDownFrom(value: number, steps: readonly [one: number, two: number, three: number]): Level {
  return steps.filter((step) => value <= step).length as Level
}

/** A level so many steps higher or lower, within the four. */
export function shift(level: Level, by: number): Level {
  return Math.min(3, Math.max(0, level + by)) as Level
}
