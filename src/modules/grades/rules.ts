import type { Grades, Titles } from './schema.ts'

export interface GradeRow {
  readonly level: number
  readonly name: string
  readonly icon: string
  readonly required_m: number
  readonly reached_at: string | null
}

/** The first grade is everybody's from the day they joined, and stands in no row. */
export function presentGrades(rows: readonly GradeRow[], distance_m: number, joined_at: string): Grades {
  const dated = rows.map((row) => ({ ...row, reached_at: row.level === 1 ? joined_at : row.reached_at }))
  const items = dated.map(({ level, name, icon, required_m, reached_at }) => ({
    level,
    name,
    icon,
    required_m,
    is_reached: reached_at !== null,
    reached_at,
  }))
  const mine = dated.findLast(({ reached_at }) => reached_at !== null)
  if (!mine) throw new Error('there are no grades: npm run db:seed brings them')
  const next = dated.find(({ level }) => level > mine.level)
  const { level, name, icon, required_m } = mine
  return {
    grade: { level, name, icon },
    reached_at: mine.reached_at ?? joined_at,
    distance_m,
    progress: next ? progressOf(distance_m, required_m, next.required_m) : null,
    to_next_m: next ? Math.max(0, next.required_m - distance_m) : null,
    items,
  }
}

/** Rounded down, so that 100 means reached. A distance that has fallen below the grade is no progress. */
export function progressOf(distance_m: number, from_m: number, to_m: number): number {
  return Math.min(100, Math.max(0, Math.floor((100 * (distance_m - from_m)) / (to_m - from_m))))
}

export interface TitleRow {
  readonly code: string
  readonly name: string
  readonly hint: string
  readonly unlocked_at: string | null
  readonly is_shown: boolean
  readonly is_secret: boolean
}

/** A title that hangs on a secret badge shows its hint alone, as the badge does (docs/product.md#badges). One that was unlocked stays open when the badge is taken back. */
export function presentTitle({ is_secret, ...row }: TitleRow): Titles['items'][number] {
  const is_unlocked = row.unlocked_at !== null
  const hidden = is_secret && !is_unlocked ? { code: null, name: '??? 비밀 칭호' } : {}
  return { ...row, is_unlocked, ...hidden }
}
