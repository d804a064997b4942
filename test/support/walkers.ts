import { DAY_MS } from '../../src/core/time.ts'
import { createTestDeps, type Api, type SignedIn } from './api.ts'
import { signUp } from './login.ts'
import { addPet } from './walks.ts'

export type Walker = Api & { user: SignedIn; pet: string }

/** A dong for one test, in a sigungu of its own, so that nobody else is on its boards. The sigungu is its own parent, so that no list shows it. */
export async function makeDong(given?: string): Promise<{ dong: string; sigungu: string }> {
  const sigungu = given ?? (await makeSigungu())
  for (;;) {
    const dong = `${sigungu.slice(0, 5)}${String(Math.floor(Math.random() * 1e5)).padStart(5, '0')}`
    const { rows } = await createTestDeps().db.execute(`
      INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
      VALUES ('${dong}', 'dong', '${sigungu}', '서울특별시', '시험구', '시험동', ST_MakePoint(0, 0)::geography)
      ON CONFLICT DO NOTHING
      RETURNING code`)
    if (rows.length > 0) return { dong, sigungu }
  }
}

/** One that no test has, because of a few hundred random codes two are often the same. No code of a real region begins with 9. */
async function makeSigungu(): Promise<string> {
  for (;;) {
    const code = `9${String(Math.floor(Math.random() * 1e4)).padStart(4, '0')}00000`
    const { rows } = await createTestDeps().db.execute(`
      INSERT INTO regions (code, level, parent_code, sido, sigungu, center)
      VALUES ('${code}', 'sigungu', '${code}', '서울특별시', '시험구', ST_MakePoint(0, 0)::geography)
      ON CONFLICT DO NOTHING
      RETURNING code`)
    if (rows.length > 0) return code
  }
}

export async function moveTo({ user }: { user: SignedIn }, region: string | null): Promise<void> {
  await createTestDeps().db.execute(
    `UPDATE users SET region_code = ${region === null ? 'NULL' : `'${region}'`} WHERE id = '${user.user_id}'`,
  )
}

export async function makeWalker(region: string | null): Promise<Walker> {
  const person = await signUp()
  const pet = await addPet(person)
  await moveTo(person, region)
  return { ...person, pet }
}

export async function givePremium({ user }: { user: SignedIn }, from = '2020-01-01', until = '9999-01-01'): Promise<void> {
  await createTestDeps().db.execute(`
    INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${user.user_id}', 'toss', '${from}', '${until}')`)
}

/** From the year 2100 to the year 8800. */
const WEEKS = 350_000
/** A quarter and more lies between any two. */
const APART_WEEKS = 30
/** Files share this module and the database. Each Monday lies before those given out so far, so that no test's tasks find the walks of an earlier test due. */
let before = WEEKS - Math.floor(Math.random() * (WEEKS / 2))

/** 00:00 in Seoul of a Monday far from now. No other test walks in its quarter, nor in those of the `weeks` after it. */
export function quietMonday({ weeks = 4 } = {}): Date {
  const week = before - weeks - APART_WEEKS - Math.floor(Math.random() * APART_WEEKS)
  if (week < 0) throw new Error('there are no quiet weeks left')
  before = week
  return new Date(Date.UTC(2100, 0, 3, 15) + week * 7 * DAY_MS)
}
