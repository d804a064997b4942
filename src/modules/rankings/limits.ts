/** The board of those one follows ends after so many people. */
export const FOLLOWING_MAX = 200

/** Of those who walked on a day, so many are named. */
export const NAMED_MAX = 20
