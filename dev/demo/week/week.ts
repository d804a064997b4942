import type { Client } from '../../../client/src/index.ts'
import { shiftTrack } from '../../track-changes.ts'
import { makeRide } from '../../tracks.ts'
import { begin, bringWalkOf, weekUntil } from './days.ts'
import { meetNeighbours } from './meetups.ts'
import { beCheered } from './neighbour.ts'
import { earnRainBadge, letItRain, lookAround, seeWeather } from './outdoors.ts'
import { chooseTrack, clock, sayReasons, shareCard, showBadges, showNotifications, showRanking, takePhotos } from './owner.ts'
import { check, DemoFailed, km, logInWithKakao, makeClient, refused, say, type Session, step } from '../stage.ts'
import { walkTogether } from './together.ts'
import { tryPremium } from './trial.ts'
import { sim } from '../vendors.ts'
import { HOME, walk, walkedJustNow } from '../walking.ts'
import { lookAtMap } from './courses.ts'
import { takeAllHome } from './export.ts'
import { seeHome } from './home.ts'
import { bringOldWalk } from './import.ts'
import { lookBack } from './statistics.ts'

interface Owner {
  readonly pet: { readonly id: string; readonly name: string }
  readonly device: string
}

/**
 * Plays the last seven days of a neighbourhood around one owner. Walks lie on their own days, as phones bring them that had no network. Whatever else people do is of this
 * minute, because no server can be told that it was yesterday.
 */
export async function playWeek(file: string | undefined): Promise<void> {
  const track = await chooseTrack(file)
  const [first, second, third, fourth, fifth, sixth, seventh] = weekUntil(track)
  const session: Session = { tokens: null }
  const client = makeClient({ session })

  begin(first!)
  const { pet, device } = await moveIn(client)
  await lookAround(client, HOME)
  step('The first walk')
  await showBadges(client, await bringWalkOf(client, pet.id, first!))

  begin(second!)
  await seeWeather(client, pet, HOME)
  step('A walk')
  await bringWalkOf(client, pet.id, second!)

  begin(third!)
  step('A walk for the neighbours to see')
  const shared = await bringWalkOf(client, pet.id, third!, { shared_to_feed: true, memo: '오늘 산책 한마디' })
  await takePhotos(client, pet.id, shared)
  await shareCard(client, shared)
  await beCheered(client, shared)

  begin(fourth!)
  step('A walk')
  await bringWalkOf(client, pet.id, fourth!)
  await walkTogether(client)

  begin(fifth!)
  step('A walk')
  await bringWalkOf(client, pet.id, fifth!)
  await meetNeighbours(client)

  begin(sixth!)
  step('A walk')
  await bringWalkOf(client, pet.id, sixth!)
  await tryPremium(sixth!)

  begin(seventh!)
  await letItRain(client, track)
  const valid = await walkNow(client, { pet, device }, track, file)
  if (valid) {
    await seeHome(client, session)
    await lookBack(client)
    await lookAtMap(client)
    await bringOldWalk(client, session, pet.id)
    await takeAllHome(client)
  }
  await drive(client, pet)
  await leave(client, session)
  if (!valid) throw new DemoFailed('the recording was refused, see above')
  say('\nThe week went well.')
}

async function moveIn(client: Client): Promise<Owner> {
  step('Login through Kakao')
  const sdk = await logInWithKakao()
  const login = await client.signIn('/auth/kakao', {
    code: sdk.code,
    redirect_uri: sdk.redirect_uri,
    device: { name: 'demo', platform: 'ios' },
  })
  check(login.is_new_user, 'a new user')
  say(`    new user, for now called ${login.user.nickname}`)

  step('Onboarding')
  const unfinished = await client.get('/users/me/onboarding-status')
  check(!unfinished.has_nickname && !unfinished.has_pet && !unfinished.has_location, 'onboarding to be unfinished')
  const documents = ['service', 'privacy', 'location'] as const
  await client.post('/users/me/consents', { body: documents.map((document) => ({ document, version: '2026-01-01', agreed: true })) })
  const nickname = `초코네${Math.random().toString(36).slice(2, 8)}`
  await client.patch('/users/me', { body: { nickname } })
  const pet = await client.post('/pets', {
    body: { name: '초코', species: 'dog', breed: '말티즈', age_years: 3, age_months: 2, weight_kg: 4.2 },
  })
  const region = (await client.put('/users/me/location', { body: HOME }))!
  const device = `fcm:demo-${crypto.randomUUID()}`
  await client.post('/push-tokens', { body: { platform: 'ios', token: device } })
  await client.patch('/users/me/settings', { body: { quiet_hours: { enabled: false } } })
  const finished = await client.get('/users/me/onboarding-status')
  check(finished.has_nickname && finished.has_pet && finished.has_location && finished.has_notification, 'onboarding to be finished')
  say(`    ${nickname} walks ${pet.name} (${pet.size}) in ${region.sido} ${region.sigungu} ${region.dong}`)
  return { pet, device }
}

/** The walk of today, with the phone in the hand: started, recorded, completed. */
async function walkNow(
  client: Client,
  { pet, device }: Owner,
  track: Awaited<ReturnType<typeof chooseTrack>>,
  file: string | undefined,
): Promise<boolean> {
  step(file ? `A walk: ${file}` : 'A walk')
  say(`    ${track.time_ms.length} points recorded`)
  const done = await walk(client, pet.id, track)
  const { distance_m, duration_sec, avg_speed_kmh, calories } = done.walk
  say(`    measured ${km(distance_m ?? 0)} in ${clock(duration_sec ?? 0)}, ${avg_speed_kmh} km/h, ${calories} kcal`)
  sayReasons(done)
  if (!done.valid) {
    say('    this recording is not accepted as a walk')
    return false
  }
  say(`    산책 완료! weekly goal ${done.weekly_goal.percent} % of ${done.weekly_goal.goal_km} km`)
  check(done.streak.current === 7, 'seven days to be a streak of seven')
  const week = done.badges_earned.find(({ code }) => code === 'streak_7')
  check(week !== undefined, 'seven days in a row to earn their badge')
  say(`    🎉 ${week!.icon} ${week!.name}: ${week!.description}`)
  const { items } = await client.get('/walks')
  check(items.length === 7 && items[0]?.id === done.walk.id, 'the week in the list of walks')
  // The hourly tasks, which the ranking waits for, also look for the weather of walks.
  await sim('weather/hour', {})
  await showRanking(client, done)
  await earnRainBadge(client, done)
  await showNotifications(client, device)
  return true
}

async function drive(client: Client, pet: Owner['pet']): Promise<void> {
  step('A drive that pretends to be a walk')
  const readStats = () => client.get('/pets/{id}/stats', { path: { id: pet.id } })
  const before = await readStats()
  const ride = walkedJustNow(makeRide(Math.floor(Math.random() * 2 ** 31), 'car').track)
  const car = await walk(client, pet.id, shiftTrack(ride, { time_ms: -13 * 3_600_000 }))
  check(!car.valid, 'the car to be refused')
  say(`    refused, ${km(car.walk.distance_m ?? 0)} left of it:`)
  sayReasons(car)
  const after = await readStats()
  check(after.walk_count === before.walk_count && after.distance_m === before.distance_m, 'only valid walks to count')
}

async function leave(client: Client, session: Session): Promise<void> {
  step('Logout')
  const former = session.tokens
  await client.signOut()
  session.tokens = former
  check((await refused(client.get('/users/me'))).status === 401, 'the session to be over')
  say('    the session is over')
}
