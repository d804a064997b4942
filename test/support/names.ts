import { sql } from 'drizzle-orm'
import { createTestDeps } from './api.ts'

const { db } = createTestDeps()

export interface Named {
  readonly id: string
  readonly nickname: string
  readonly region: string | null
  readonly pets: readonly string[]
}

/** No nickname of another test, and a beginning of no name that one looks for. */
export const freshNickname = () => `Q${crypto.randomUUID().replaceAll('-', '').slice(0, 11)}`

/** Writes people with pets of these names as rows, because signing up takes longer. */
export async function givePeople(people: readonly Partial<Named>[]): Promise<Named[]> {
  const given = people.map((one) => ({ id: crypto.randomUUID(), nickname: freshNickname(), region: null, pets: [], ...one }))
  await db.execute(sql`
    WITH given AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(given)}) AS person (id uuid, nickname text, region text, pets json)
    ), signed_up AS (
      INSERT INTO users (id, nickname, region_code, created_at)
      SELECT given.id, given.nickname, given.region, now() FROM given
    )
    INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at)
    SELECT gen_random_uuid(), given.id, pet.name, 'dog', pet.place = 1, '', now() + pet.place * interval '1 second'
    FROM given
    CROSS JOIN LATERAL json_array_elements_text(given.pets) WITH ORDINALITY AS pet (name, place)`)
  return given
}

export async function follow(followerId: string, followeeIds: readonly string[]): Promise<void> {
  await db.execute(sql`
    INSERT INTO follows (follower_id, followee_id, created_at)
    SELECT ${followerId}, followee.id, now() FROM unnest(${`{${followeeIds.join(',')}}`}::uuid[]) AS followee (id)`)
}

const LEADS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const VOWELS = 'ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ'.split(' ')
const FINALS = ' ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' ')

/** The keys that write a name of syllables and of letters that are lower case, by Unicode's arithmetic. */
export const keysOf = (name: string): string =>
  name
    .split('')
    .map((letter) => {
      const n = letter.charCodeAt(0) - 0xac00
      if (n < 0 || n >= 11_172) return letter
      return LEADS[Math.floor(n / 588)]! + VOWELS[Math.floor(n / 28) % 21]! + FINALS[n % 28]!
    })
    .join('')
