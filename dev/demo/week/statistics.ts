import type { Answer, Client } from '../../../client/src/index.ts'
import { DAY_MS, seoulDate } from '../../../src/core/time.ts'
import { check, km, say, step } from '../stage.ts'

type CalendarDay = Answer<'get', '/walks/calendar'>['days'][number]

const SIGN = { none: '·', single: '○', start: '◖', middle: '●', end: '◗' } as const

/** What became of the week: figures, the calendar, the grade, and a title beside the nickname. */
export async function lookBack(client: Client): Promise<void> {
  step('Statistics')
  const { totals, longest, previous, change_percent } = await client.get('/walks/stats', { query: { range: 'week' } })
  const summary = await client.get('/walks/summary')
  check(totals.walk_count === summary.walk_count && longest !== null, 'statistics and summary to say the same')
  say(`    this week ${km(totals.distance_m)} on ${totals.walked_days} days, the longest ${km(longest!.distance_m)}`)
  say(`    as far into last week ${km(previous.distance_m)}${change_percent === null ? '' : `, ${change_percent} %`}`)

  step('Calendar')
  const { months, days } = await readCalendar(client)
  check(days.reduce((sum, day) => sum + day.walk_count, 0) === 7, 'the seven walks in the calendar')
  check(days.filter(({ streak }) => streak !== 'none').length === 7, 'the streak in the calendar')
  say(`    ${days.map(({ streak }) => SIGN[streak]).join('')}  (${months.join(', ')})`)

  step('A grade and a title')
  const { grade, progress, to_next_m } = await client.get('/grades')
  say(`    ${grade.icon} ${grade.name}, ${progress} % of the way to the next, which is ${km(to_next_m ?? 0)} ahead`)
  const title = (await client.get('/titles')).items.find(({ is_unlocked }) => is_unlocked)
  check(typeof title?.code === 'string', 'the first walk or the streak to unlock a title')
  const me = await client.patch('/users/me', { body: { title_code: title!.code } })
  check(me.title?.code === title!.code, 'the title to be shown')
  say(`    shown beside the nickname: ${title!.name}`)
}

/** The months that the last seven days lie in. */
async function readCalendar(client: Client): Promise<{ months: string[]; days: CalendarDay[] }> {
  const ends = [Date.now() - 7 * DAY_MS, Date.now()]
  const months = [...new Set(ends.map((at) => seoulDate(new Date(at)).slice(0, 7)))]
  const days: CalendarDay[] = []
  for (const month of months) days.push(...(await client.get('/walks/calendar', { query: { month } })).days)
  return { months, days }
}
