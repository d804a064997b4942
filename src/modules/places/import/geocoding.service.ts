import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'
import type { Deps } from '../../../deps.ts'
import type { Part } from '../../../jobs/job.ts'
import { type Asked, listUnplaced, placeAddresses } from './geocoding.queries.ts'
import { addressToAsk } from './rows.ts'

const NIGHTLY_MAX = 200
/** Each costs a call to Kakao, beside two trips to Postgres. */
const AT_ONCE = 35

/** After so many in a row that fail, Kakao is down or knows our key no longer. */
const FAILURES_MAX = 3

const cursorSchema = z.object({ after: uuidSchema, tried: z.int() }).nullish()

/** Asks Kakao where addresses lie, each once, because a register leaves the coordinates of every tenth row blank. */
export async function geocodePart({ db, now, kakaoLocal }: Pick<Deps, 'db' | 'now' | 'kakaoLocal'>, cursor: unknown): Promise<Part> {
  const { after, tried: before } = cursorSchema.parse(cursor) ?? { after: null, tried: 0 }
  const limit = Math.min(AT_ONCE, NIGHTLY_MAX - before)
  const unplaced = limit > 0 ? await listUnplaced(db, after, limit) : []
  const asked: Asked[] = []
  let [failed, inARow] = [0, 0]
  let isOver = false
  for (const { id, address } of unplaced) {
    const answer = await kakaoLocal.findAddress(addressToAsk(address))
    if (answer.outcome === 'answered') {
      inARow = 0
      asked.push({ id, address, lat: answer.value?.lat ?? null, lng: answer.value?.lng ?? null })
      continue
    }
    // What has failed is asked for on another night. One address that Kakao refuses does not keep the others waiting.
    failed++
    isOver = answer.reason === 'quota' || ++inARow === FAILURES_MAX
    if (isOver) break
  }
  const placed = asked.length > 0 ? await placeAddresses(db, asked, now()) : 0
  const last = unplaced.at(-1)
  const tried = before + unplaced.length
  const goesOn = !isOver && last !== undefined && unplaced.length === limit && tried < NIGHTLY_MAX
  return { counts: { asked: asked.length, placed, failed }, next: goesOn ? { after: last.id, tried } : null }
}
