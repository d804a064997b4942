import { signedIn, type Actor } from '../../core/actor.ts'
import type { Deps } from '../../deps.ts'
import { listGrades, listTitles } from './queries.ts'
import { presentGrades, presentTitle } from './rules.ts'
import type { Grades, Titles } from './schema.ts'

export async function getGrades({ db }: Pick<Deps, 'db'>, actor: Actor): Promise<Grades> {
  const { grades, distance_m, joined_at } = signedIn(await listGrades(db, actor))
  return presentGrades(grades, distance_m, joined_at)
}

export async function getTitles({ db }: Pick<Deps, 'db'>, actor: Actor): Promise<Titles> {
  return { items: signedIn(await listTitles(db, actor)).titles.map(presentTitle) }
}
