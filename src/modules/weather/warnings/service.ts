import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import type { Counts } from '../../../jobs/job.ts'
import { nextTurn, type Turns } from '../turns/hours.ts'
import { endTurn, takeTurn, type Turn } from '../turns/queries.ts'
import { compareWithBulletin } from './bulletin-rules.ts'
import { applyDifference, findKnownWarnings, foldWarnings } from './queries.ts'
import { SOURCE } from './source.ts'

/** From 05:04 on, every ten minutes. */
export const TURNS: Turns = { first: 5 * 60 + 4, every: 10 }

/** KMA tells of so many days. */
const NEWS_DAYS = 6

/** Reads what is in force, and the news when there are any. What cannot be read changes nothing. */
export async function readWarnings(deps: Pick<Deps, 'db' | 'kma'>, at: Date): Promise<Counts> {
  const { db, kma } = deps
  const turn = await takeTurn(db, SOURCE, at)
  if (!turn) return {}
  const nextAt = nextTurn(TURNS, at)
  const fail = async (answer: { outcome: string; reason?: string }): Promise<Counts> => {
    const isSpent = answer.outcome === 'failed' && answer.reason === 'quota'
    await endTurn(db, SOURCE, { nextAt, closedUntil: isSpent ? midnightAfter(at) : null })
    return { failed: 1 }
  }

  const status = await kma.warningStatus(FOR_JOBS)
  if (status.outcome !== 'answered') return fail(status)
  const bulletin = status.value
  const mark = `${bulletin.issued_at}/${bulletin.seq}`
  const isNews = mark !== turn.mark
  if (!isNews && !isFirstOfHour(turn, at)) {
    await endTurn(db, SOURCE, { nextAt, readAt: at, mark })
    return { unchanged: 1 }
  }

  let counts: Counts = {}
  if (isNews) {
    const news = await kma.listWarnings({ from: newsFrom(turn, at), to: at }, FOR_JOBS)
    if (news.outcome === 'failed') return fail(news)
    const { folded, unknown_zones } = await foldWarnings(db, news.outcome === 'answered' ? news.value : [])
    if (unknown_zones.length > 0)
      console.warn(JSON.stringify({ level: 'warn', message: 'zones of warnings are not in seeds/warning_zones.tsv', zones: unknown_zones }))
    counts = { folded, unknown_zones: unknown_zones.length }
  }
  const { known, zones } = await findKnownWarnings(db, bulletin.issued_at, at)
  const { lifted, found } = await applyDifference(db, bulletin, compareWithBulletin(bulletin, known, zones), at)
  await endTurn(db, SOURCE, { nextAt, readAt: at, mark })
  return { ...counts, lifted, found }
}

/** A job can wait longer than a person. */
const FOR_JOBS = { deadlineMs: 8_000, patient: true }

const hourOf = (at: Date) => Math.floor(at.getTime() / HOUR_MS)
const isFirstOfHour = ({ read_at }: Turn, at: Date) => read_at === null || hourOf(new Date(read_at)) !== hourOf(at)

/** A day before the last reading, because news may come late. */
function newsFrom({ read_at }: Turn, at: Date): Date {
  const earliest = at.getTime() - NEWS_DAYS * DAY_MS
  return new Date(read_at === null ? earliest : Math.max(Date.parse(read_at) - DAY_MS, earliest))
}

const midnightAfter = (at: Date) => new Date(fromSeoulDate(seoulDate(at)).getTime() + DAY_MS)
