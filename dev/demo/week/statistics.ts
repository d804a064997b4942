import { seoulDate } from '../../../src/core/time.ts'
import { ask, playIfThere } from './parts.ts'
import { check, km, say, type Session } from '../stage.ts'

interface Stats {
  readonly totals: { distance_m: number; walk_count: number; walked_days: number }
  readonly longest: { distance_m: number } | null
  readonly previous: { distance_m: number }
  readonly change_percent: number | null
}
interface Calendar {
  readonly days: { day: string; walk_count: number; streak: 'none' | 'single' | 'start' | 'middle' | 'end' }[]
}
interface Grades {
  readonly grade: { icon: string; name: string }
  readonly progress: number | null
  readonly to_next_m: number | null
}
interface Titles {
  readonly items: { code: string | null; name: string; is_unlocked: boolean }[]
}

const SIGN = { none: '·', single: '○', start: '◖', middle: '●', end: '◗' } as const

/** What became of the week: figures, the calendar, the grade, and a title beside the nickname. */
export async function lookBack(session: Session): Promise<void> {
  await playIfThere('Statistics', ['/walks/stats', '/walks/summary'], async () => {
    const { totals, longest, previous, change_percent } = await ask<Stats>(session, 'GET', '/walks/stats?range=week')
    const summary = await ask<{ walk_count: number; percent: number }>(session, 'GET', '/walks/summary')
    check(totals.walk_count === summary.walk_count && longest !== null, 'statistics and summary to say the same')
    say(`    this week ${km(totals.distance_m)} on ${totals.walked_days} days, the longest ${km(longest!.distance_m)}`)
    say(`    as far into last week ${km(previous.distance_m)}${change_percent === null ? '' : `, ${change_percent} %`}`)
  })
  await playIfThere('Calendar', ['/walks/calendar'], async () => {
    const now = Date.now()
    const months = [...new Set([seoulDate(new Date(now - 7 * 86_400_000)), seoulDate(new Date(now))].map((day) => day.slice(0, 7)))]
    const days = []
    for (const month of months) days.push(...(await ask<Calendar>(session, 'GET', `/walks/calendar?month=${month}`)).days)
    check(days.reduce((sum, day) => sum + day.walk_count, 0) === 7, 'the seven walks in the calendar')
    check(days.filter(({ streak }) => streak !== 'none').length === 7, 'the streak in the calendar')
    say(`    ${days.map(({ streak }) => SIGN[streak]).join('')}  (${months.join(', ')})`)
  })
  await playIfThere('A grade and a title', ['/grades', '/titles'], async () => {
    const { grade, progress, to_next_m } = await ask<Grades>(session, 'GET', '/grades')
    say(`    ${grade.icon} ${grade.name}, ${progress} % of the way to the next, which is ${km(to_next_m ?? 0)} ahead`)
    const { items } = await ask<Titles>(session, 'GET', '/titles')
    const title = items.find(({ is_unlocked }) => is_unlocked)
    check(title?.code !== undefined && title.code !== null, 'the first walk or the streak to unlock a title')
    await ask(session, 'PATCH', '/users/me', { title_code: title!.code })
    say(`    shown beside the nickname: ${title!.name}`)
  })
}
