import gradeSeeds from '../../../seeds/grades.tsv?raw'
import titleSeeds from '../../../seeds/titles.tsv?raw'

const rowsOf = (seeds: string) =>
  seeds
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))

/** The grades of seeds/grades.tsv, the lowest first. */
export const GRADES = rowsOf(gradeSeeds).map(([level, name, icon, required_m]) => ({
  level: Number(level),
  name: name!,
  icon: icon!,
  required_m: Number(required_m),
}))

export const LEVELS_M = GRADES.map(({ required_m }) => required_m)

/** The titles of seeds/titles.tsv, with what each needs. */
export const TITLES = rowsOf(titleSeeds).map(([code, name, hint, needs]) => {
  const { badges = [], badge_count = 0 } = JSON.parse(needs!) as { badges?: string[]; badge_count?: number }
  return { code: code!, name: name!, hint: hint!, badges, badge_count }
})
