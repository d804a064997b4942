import { ask, playIfThere } from './parts.ts'
import { check, km, say, type Session, WORKER } from '../stage.ts'
import { HOME } from '../walking.ts'

interface Home {
  readonly header: { unread: number; primary_pet: { name: string } | null } | null
  readonly week: {
    distance_m: number
    walk_count: number
    goal_km: number
    percent: number
    days: { day: string; walk_count: number; distance_m: number }[]
  } | null
  readonly streak: { current: number } | null
  readonly ranking: { scope: string; participants: number; me: { rank: number } | null } | null
  readonly recent_walks: unknown[] | null
  readonly weather: unknown
  readonly nearby: { items: { name: string }[] } | null
  readonly failed: string[]
}

/** The first screen of the app, in one request, and once more when nothing has changed. */
export function seeHome(session: Session): Promise<void> {
  const path = `/home?lat=${HOME.lat}&lng=${HOME.lng}`
  return playIfThere('Home', ['/home'], async () => {
    const home = await ask<Home>(session, 'GET', path)
    const { header, week, streak, ranking, recent_walks, nearby, failed } = home
    check(failed.length === 0 && header !== null && week !== null && streak !== null, 'every section of the home screen')
    check(
      streak!.current === 7 && recent_walks?.length === 3 && home.weather !== null,
      'the week, its streak and its weather on the home screen',
    )
    say(
      `    ${header!.primary_pet?.name}: ${week!.walk_count} walks, ${km(week!.distance_m)} of ${week!.goal_km} km (${week!.percent} %), streak of ${streak!.current}`,
    )
    say(`    ${week!.days.map(({ day, distance_m }) => `${day.slice(8)}: ${km(distance_m)}`).join(' · ')}`)
    say(
      `    ${ranking?.me?.rank}위 of ${ranking?.participants} in the ${ranking?.scope}; nearest ${nearby?.items[0]?.name ?? '-'}; ${header!.unread} unread`,
    )
    const headers = { Authorization: `Bearer ${session.tokens?.access_token}` }
    const first = await fetch(new URL(path, WORKER), { headers })
    const again = await fetch(new URL(path, WORKER), { headers: { ...headers, 'If-None-Match': first.headers.get('ETag') ?? '' } })
    check(again.status === 304, 'the same home to be 304')
    say('    asked again: 304, nothing has changed')
  })
}
