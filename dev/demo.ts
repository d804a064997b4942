import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiProblem, Client, type Tokens, Unreachable } from '../client/src/index.ts'
import type { Track } from '../src/measuring/measure-track.ts'
import { beCheered } from './demo/neighbour.ts'
import { meetNeighbours } from './demo/meetups.ts'
import { earnRainBadge, letItRain, lookAround, seeWeather } from './demo/outdoors.ts'
import { check, type Completion, DemoFailed, km, logInWithKakao, refused, say, SIMULATORS, step, WORKER } from './demo/stage.ts'
import { sim } from './demo/vendors.ts'
import { HOME, walk, walkedJustNow } from './demo/walking.ts'
import { readOptions } from './launcher/options.ts'
import { takePhonePhoto } from './phone-photo.ts'
import { movedTo, readRecording, trackOfRecording } from './recordings.ts'
import { shiftTrack } from './track-changes.ts'
import { makeRide, makeWalk } from './tracks.ts'

let tokens: Tokens | null = null
const client = new Client({
  baseUrl: WORKER,
  store: {
    get: async () => tokens,
    set: async (given) => {
      tokens = given
    },
  },
  retries: 0,
})

const clock = (sec: number) =>
  `${Math.floor(sec / 3_600)}:${String(Math.floor(sec / 60) % 60).padStart(2, '0')}:${String(sec % 60).padStart(2, '0')}`

/** A track that ended a minute ago. A recording is moved to Seoul. */
async function chooseTrack(file: string | undefined): Promise<Track> {
  const seed = Math.floor(Math.random() * 2 ** 31)
  if (file === undefined) return walkedJustNow(makeWalk(seed, { length_m: 1_800, is_hard: false }).track)
  const path = existsSync(file) ? file : join(process.env.TRACKS_DIR ?? '.', file)
  if (!existsSync(path)) throw new DemoFailed(`there is no file ${file}`)
  const recording = await readRecording(path).catch((cause: Error) => {
    throw new DemoFailed(`${file} is no recording: ${cause.message.split('\n')[0]}`, { cause })
  })
  if (recording.points.length === 0) throw new DemoFailed(`${file} holds no point with a time`)
  return walkedJustNow(movedTo(trackOfRecording(recording), HOME))
}

function demoOptions() {
  try {
    return readOptions('npm run demo --', "plays one owner's morning against the stack that runs in this folder, or at PORT", {
      track: { type: 'string', about: 'a recording of your own: GPX, …' },
      premium: { type: 'boolean', about: 'plays how three owners buy premium instead: with a card, in the App Store and on Google Play' },
    })
  } catch (cause) {
    throw new DemoFailed((cause as Error).message, { cause })
  }
}

/** The answer for anybody who has the address. */
async function download(address: string): Promise<{ status: number; bytes: Buffer }> {
  const response = await fetch(new URL(address, WORKER))
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
}

/** Uploads a photo of the dog and one from the shared walk. The server removes the metadata that the phone wrote. */
async function takePhotos(petId: string, { walk: { id, route } }: Completion): Promise<void> {
  step('Photos')
  const photo = await takePhonePhoto()
  const [lng = HOME.lng, lat = HOME.lat] = (route?.type === 'LineString' && route.coordinates[route.coordinates.length >> 1]) || []
  const file = new Blob([new Uint8Array(photo)], { type: 'image/jpeg' })
  const profile = await client.upload('/upload/pet-profile/{pet_id}', { path: { pet_id: petId }, file })
  const fields = { lat, lng, taken_at: new Date().toISOString() }
  const taken = await client.upload('/upload/walk-photo/{walk_id}', { path: { walk_id: id }, file, fields })
  for (const { photo_url, thumbnail_url } of [profile, taken]) {
    const [stored, small] = [await download(photo_url), await download(thumbnail_url)]
    check(stored.status === 200 && small.status === 200, 'the photo and its thumbnail to be there')
    check(photo.includes('Exif') && !stored.bytes.includes('Exif') && !small.bytes.includes('Exif'), 'nothing of its EXIF to be left')
  }
  const size = `${Math.round((await download(taken.photo_url)).bytes.length / 1_024)} KiB`
  say(
    `    4032 × 3024 on its side, ${Math.round(photo.length / 1_024)} KiB with GPS → ${taken.width} × ${taken.height} upright, ${size} without`,
  )
  const { photos } = await client.get('/walks/{id}', { path: { id } })
  check(photos.length === 1 && photos[0]?.lat === lat, 'the walk to hold its photo, with its place')
}

async function shareCard({ walk: { id } }: Completion): Promise<void> {
  step('Share card')
  const { url, share_url } = await client.post('/walks/{id}/share-card', { path: { id } })
  const dark = await refused(client.post('/walks/{id}/share-card', { path: { id }, body: { theme: 'dark' } }))
  check(dark.status === 403, 'the dark theme to be premium')
  const [card, page] = [await download(url), await download(share_url)]
  check(card.bytes.readUInt32BE(16) === 1_080 && card.bytes.readUInt32BE(20) === 1_920, 'a PNG of 1080 by 1920')
  check(page.status === 200 && page.bytes.includes('og:image') && !page.bytes.includes(id), 'a page that does not say which walk it is')
  say(`    drawn, ${Math.round(card.bytes.length / 1_024)} KiB; the dark theme is premium`)
  say(`    for anybody to see: ${share_url}`)
}

/** The centre, and the pushes that FCM's simulator got for this phone. The queue takes a second or two. */
async function showNotifications(device: string): Promise<void> {
  step('Notifications')
  const { items } = await client.get('/notifications')
  const { unread_count } = await client.get('/notifications/unread-count')
  check(items.length > 0 && unread_count === items.length, 'the centre to tell of the badges')
  for (const { title, body } of items) say(`    🔔 ${title} ${body}`)
  let pushed: { message: { notification: { title: string } } }[] = []
  for (let wait = 0; wait < 50 && pushed.length < Math.min(items.length, 10); wait++) {
    await sleep(300)
    const response = await fetch(`${SIMULATORS}/_sim/fcm/messages?token=${encodeURIComponent(device)}`)
    pushed = ((await response.json()) as { messages: typeof pushed }).messages
  }
  check(pushed.length > 0, 'the phone to be told')
  say(`    ${pushed.length} of them pushed to the phone`)
  await client.post('/notifications/read-all')
}

async function showBadges({ badges_earned, badge_progress, streak }: Completion): Promise<void> {
  step('Badges')
  check(
    badges_earned.some(({ code }) => code === 'dist_first'),
    'the first walk to earn its badge',
  )
  for (const { icon, name, description } of badges_earned) say(`    🎉 새 뱃지를 획득했어요! ${icon} ${name}: ${description}`)
  for (const { icon, name, progress_percent, progress_value, threshold, metric } of badge_progress.slice(0, 4))
    say(`    ${icon} ${name}: ${progress_percent} % (${progress_value} of ${threshold} ${metric})`)
  say(`    streak: day ${streak.current}, best ${streak.best}`)
  const summary = await client.get('/badges/summary')
  check(summary.earned === badges_earned.length, 'the summary to count them')
  const [shown] = badges_earned
  const me = await client.patch('/users/me', { body: { representative_badge_id: shown?.id ?? null } })
  say(`    ${summary.earned} / ${summary.total} 뱃지 수집, ${summary.grade}; shown beside the nickname: ${me.representative_badge?.name}`)
}

/** The rank after the walk, and the board. Free users see the walk on it after the next full hour, which the demo does not wait for. */
async function showRanking({ ranking }: Completion): Promise<void> {
  step('Ranking')
  check(ranking !== null && ranking.rank_after !== null, 'a rank in the dong')
  const { rank_before, rank_after, participants, period_key } = ranking!
  say(`    동네 랭킹 ${rank_after}위 of ${participants} in ${period_key}${rank_before === null ? '' : `, was ${rank_before}`}`)
  const hour = await fetch(`${WORKER}/cdn-cgi/local/scheduled?cron=${encodeURIComponent('0 * * * *')}`)
  check(hour.ok, 'the hourly cron to fire')
  const readBoard = () => client.get('/rankings', { query: { period_key, around: 'me', limit: 3 } })
  // It only puts the hour's tasks on the queue.
  let board = await readBoard()
  for (let tries = 0; board.me === null && tries < 60; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    board = await readBoard()
  }
  check(board.me?.rank === rank_after, 'the board to say the same')
  for (const { rank, user, pet, distance_m, is_me } of board.items)
    say(`    ${rank}. ${user.nickname} · ${pet?.name ?? '-'} ${km(distance_m)}${is_me ? ' ←' : ''}`)
  const nation = await refused(client.get('/rankings', { query: { scope: 'nation' } }))
  check(nation.status === 403, 'the nation to be premium')
  say(`    nationwide: ${nation.code}`)
}

function sayReasons({ reasons }: Completion): void {
  for (const { effect, code, rule, detail, from_index, to_index } of reasons) {
    const where = from_index === undefined ? '' : ` (points ${from_index}–${to_index ?? from_index})`
    say(`    ${effect === 'refused' ? '✗' : '·'} ${code}${rule ? `/${rule}` : ''}: ${detail}${where}`)
  }
}

async function play(): Promise<void> {
  const { track: file, premium } = demoOptions()
  if (premium) return (await import('./demo/premium.ts')).playPremium()
  const track = await chooseTrack(file)

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

  await seeWeather(client, pet, HOME)
  await lookAround(client, HOME)
  await letItRain(client, track)

  step(file ? `A walk: ${file}` : 'A walk')
  say(`    ${track.time_ms.length} points recorded`)
  const done = await walk(client, pet.id, track)
  const { distance_m, duration_sec, avg_speed_kmh, calories } = done.walk
  say(`    measured ${km(distance_m ?? 0)} in ${clock(duration_sec ?? 0)}, ${avg_speed_kmh} km/h, ${calories} kcal`)
  sayReasons(done)
  if (done.valid) {
    say(`    산책 완료! weekly goal ${done.weekly_goal.percent} % of ${done.weekly_goal.goal_km} km`)
    const { items } = await client.get('/walks')
    check(items.length === 1 && items[0]?.id === done.walk.id, 'the walk in the list')
    await showBadges(done)
    // The hourly tasks, which the ranking waits for, also look for the weather of walks.
    await sim('weather/hour', {})
    await showRanking(done)
    await earnRainBadge(client, done)
    await showNotifications(device)
    await takePhotos(pet.id, done)
    await shareCard(done)
    await beCheered(client, done)
    await meetNeighbours(client)
  } else say('    this recording is not accepted as a walk')

  step('A drive that pretends to be a walk')
  const car = await walk(
    client,
    pet.id,
    shiftTrack(walkedJustNow(makeRide(Math.floor(Math.random() * 2 ** 31), 'car').track), { time_ms: -13 * 3_600_000 }),
  )
  check(!car.valid, 'the car to be refused')
  say(`    refused, ${km(car.walk.distance_m ?? 0)} left of it:`)
  sayReasons(car)
  const stats = await client.get('/pets/{id}/stats', { path: { id: pet.id } })
  check(stats.walk_count === (done.valid ? 1 : 0), 'only valid walks to count')

  step('Logout')
  const former = tokens
  await client.signOut()
  tokens = former
  check((await refused(client.get('/users/me'))).status === 401, 'the session to be over')
  say('    the session is over')
  if (!done.valid) throw new DemoFailed('the recording was refused, see above')
  say('\nThe morning went well.')
}

try {
  await play()
} catch (error) {
  if (error instanceof Unreachable) console.error(`\n✗ nothing answers at ${WORKER}; start it with npm run dev`)
  else if (error instanceof DemoFailed || error instanceof ApiProblem) console.error(`\n✗ ${error.message}`)
  else throw error
  process.exitCode = 1
}
