import type { Answer, Client } from '../../../client/src/index.ts'
import { check, km, say, type Session, step, WORKER } from '../stage.ts'
import { HOME } from '../walking.ts'

type Section<K extends keyof Answer<'get', '/home'>> = NonNullable<Answer<'get', '/home'>[K]>

/** The first screen of the app, in one request, and once more when nothing has changed. */
export async function seeHome(client: Client, session: Session): Promise<void> {
  step('Home')
  const home = await client.get('/home', { query: HOME })
  check(home.failed.length === 0, `every section of the home screen, but there is no ${home.failed.join(', ')}`)
  const { header, week, streak, ranking, recent_walks, nearby, badges_in_progress, premium_banner } = home
  check(streak?.current === 7 && recent_walks?.length === 3 && home.weather !== null, 'the streak, three walks and the weather')
  check(badges_in_progress?.length === 5 && home.ads_free === false && premium_banner !== null, 'badges to come, and what premium is')
  check(home.active_walk === null && home.pending?.invitations === 0, 'nothing to be answered, and no walk that runs')
  sayWeek(header!, week!)
  say(`    streak of ${streak!.current}; ${ranking?.me?.rank}위 of ${ranking?.participants} in the ${ranking?.scope}`)
  say(`    nearest ${nearby?.items[0]?.name ?? '-'}; ${header!.unread} unread; ${premium_banner!.title}`)

  const headers = { Authorization: `Bearer ${session.tokens?.access_token}` }
  const address = new URL(`/home?lat=${HOME.lat}&lng=${HOME.lng}`, WORKER)
  let status = 0
  // Weather that is read behind the first answer, or a notice of the walks before, may come between the two.
  for (let tries = 0; tries < 5 && status !== 304; tries++) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 1_000))
    const first = await fetch(address, { headers })
    status = (await fetch(address, { headers: { ...headers, 'If-None-Match': first.headers.get('ETag') ?? '' } })).status
  }
  check(status === 304, 'the same home to be 304')
  say('    asked again: 304, nothing has changed')
}

function sayWeek({ primary_pet }: Section<'header'>, week: Section<'week'>): void {
  say(`    ${primary_pet?.name}: ${week.walk_count} walks, ${km(week.distance_m)} of ${week.goal_km} km (${week.percent} %)`)
  say(`    ${week.days.map(({ day, distance_m }) => `${day.slice(8)}: ${km(distance_m)}`).join(' · ')}`)
}
