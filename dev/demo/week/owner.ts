import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../../client/src/index.ts'
import type { Track } from '../../../src/measuring/measure-track.ts'
import { takePhonePhoto } from '../../phone-photo.ts'
import { movedTo, readRecording, trackOfRecording } from '../../recordings.ts'
import { makeWalk } from '../../tracks.ts'
import { check, type Completion, DemoFailed, km, refused, say, SIMULATORS, step, WORKER } from '../stage.ts'
import { until } from '../vendors.ts'
import { HOME, walkedJustNow } from '../walking.ts'

export const clock = (sec: number) =>
  `${Math.floor(sec / 3_600)}:${String(Math.floor(sec / 60) % 60).padStart(2, '0')}:${String(sec % 60).padStart(2, '0')}`

/** A track that ended a minute ago. A recording is moved to Seoul. */
export async function chooseTrack(file: string | undefined): Promise<Track> {
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

/** The answer for anybody who has the address. */
async function download(address: string): Promise<{ status: number; bytes: Buffer }> {
  const response = await fetch(new URL(address, WORKER))
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
}

/** Uploads a photo of the dog and one from the shared walk. The server removes the metadata that the phone wrote. */
export async function takePhotos(client: Client, petId: string, { walk: { id, route } }: Completion): Promise<void> {
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

export async function shareCard(client: Client, { walk: { id } }: Completion): Promise<void> {
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
export async function showNotifications(client: Client, device: string): Promise<void> {
  step('Notifications')
  // A report of last week or month may come between the two, from the hour's tasks.
  const items = await until('the centre to tell of the badges, and to count them', async () => {
    const { items: told } = await client.get('/notifications', { query: { limit: 50 } })
    const { unread_count } = await client.get('/notifications/unread-count')
    return told.length > 0 && unread_count === told.length ? told : undefined
  })
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

export async function showBadges(client: Client, { badges_earned, badge_progress, streak }: Completion): Promise<void> {
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
export async function showRanking(client: Client, { ranking }: Completion): Promise<void> {
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

export function sayReasons({ reasons }: Completion): void {
  for (const { effect, code, rule, detail, from_index, to_index } of reasons) {
    const where = from_index === undefined ? '' : ` (points ${from_index}–${to_index ?? from_index})`
    say(`    ${effect === 'refused' ? '✗' : '·'} ${code}${rule ? `/${rule}` : ''}: ${detail}${where}`)
  }
}
