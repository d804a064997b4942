import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'
import type { Deps } from '../../../deps.ts'
import type { Part } from '../../../jobs/job.ts'
import { type Asked, listUnplaced, placeAddresses } from './geocoding.queries.ts'
import { addressToAsk } from './rows.ts'

const NIGHTLY_MAX = 200
/** Each costs a call to Kakao, beside two trips to Postgres. */
const AT_ONCE = 35

const cursorSchema = z.object({ after: uuidSchema, asked: z.int() }).nullish()

/** Asks Kakao where addresses lie, each once, because a register leaves the coordinates of every tenth row blank. */
export async function geocodePart({ db, now, kakaoLocal }: Pick<Deps, 'db' | 'now' | 'kakaoLocal'>, cursor: unknown): Promise<Part> {
  const { after, asked: before } = cursorSchema.parse(cursor) ?? { after: null, asked: 0 }
  const limit = Math.min(AT_ONCE, NIGHTLY_MAX - before)
  const unplaced = limit > 0 ? await listUnplaced(db, after, limit) : []
  const asked: Asked[] = []
  for (const { id, address } of unplaced) {
    const answer = await kakaoLocal.findAddress(addressToAsk(address))
    // The rest is asked for on another night.
    if (answer.outcome === 'failed') break
    asked.push({ id, address, lat: answer.value?.lat ?? null, lng: answer.value?.lng ?? null })
  }
  const placed = asked.length > 0 ? await placeAddresses(db, asked, now()) : 0
  const last = asked.at(-1)
  const goesOn = last !== undefined && asked.length === limit && before + asked.length < NIGHTLY_MAX
  return { counts: { asked: asked.length, placed }, next: goesOn ? { after: last.id, asked: before + asked.length } : null }
}
