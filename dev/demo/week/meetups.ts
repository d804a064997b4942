import type { Client, LiveRoom } from '../../../client/src/index.ts'
import { haversineM } from '../../../src/core/geo.ts'
import { HOUR_MS, seoulDateTime } from '../../../src/core/time.ts'
import { shiftTrack } from '../../track-changes.ts'
import { makeWalk } from '../../tracks.ts'
import { check, logInWithKakao, makeClient, refused, say, step } from '../stage.ts'
import { until } from '../vendors.ts'
import { HOME, walk } from '../walking.ts'

const PLACE = '서울숲 2번 출입구'
const SEATS = 3
const REASONS = {
  same_dong: 'lives in the same dong',
  same_hours: 'walks at the same hours',
  same_breed: 'has the same breed',
  same_size: 'has a dog of the same size',
  similar_distance: 'walks as far in a week',
} as const

interface Neighbour {
  readonly client: Client
  readonly nickname: string
  readonly pet: { readonly id: string; readonly name: string }
}

/** Somebody around the corner, with a dog. */
async function moveIn(name: string, breed: string, weight_kg: number): Promise<Neighbour> {
  const client = makeClient()
  const sdk = await logInWithKakao()
  const { user } = await client.signIn('/auth/kakao', { code: sdk.code, redirect_uri: sdk.redirect_uri })
  await client.put('/users/me/location', { body: HOME })
  const pet = await client.post('/pets', { body: { name, species: 'dog', breed, weight_kg } })
  return { client, nickname: user.nickname, pet }
}

const when = (instant: string) => seoulDateTime(new Date(instant)).slice(5, 16).replace('T', ' ')

/** Neighbours make a weekly meetup, take its seats, wait for one, meet in its room, and walk. Then some are recommended. */
export async function meetNeighbours(client: Client): Promise<void> {
  step('A meetup every week')
  const host = await moveIn('콩이', '비숑 프리제', 5.4)
  const meetup = await host.client.post('/meetups', {
    body: {
      title: '소형견 동네 산책',
      category: 'small',
      location_name: PLACE,
      ...HOME,
      scheduled_at: new Date(Date.now() + HOUR_MS / 2).toISOString(),
      recurrence_rule: 'FREQ=WEEKLY',
      max_participants: SEATS,
    },
  })
  const [today, nextWeek] = meetup.dates
  check(today !== undefined && nextWeek !== undefined, 'a date today and one next week')
  say(
    `    ${host.nickname} asks small dogs to ${PLACE}, ${SEATS} seats: ${meetup.dates.map(({ starts_at }) => when(starts_at)).join(', ')}, …`,
  )
  const { items } = await client.get('/meetups', { query: { ...HOME, size: 'small', radius_m: 1_000, limit: 50 } })
  check(
    items.some(({ occurrence_id }) => occurrence_id === today!.occurrence_id),
    'the meetup to be found nearby',
  )
  const at = ({ client: somebody }: { client: Client }, date: { occurrence_id: string }) =>
    somebody.post('/meetups/{id}/join', { path: { id: meetup.id }, body: { occurrence_id: date.occurrence_id } })
  const second = await moveIn('보리', '치와와', 2.9)
  const third = await moveIn('두부', '토이 푸들', 3.6)
  const big = await moveIn('하루', '골든 리트리버', 29.5)
  for (const guest of [{ client }, second]) await at(guest, today!)
  const late = await refused(at(third, today!))
  const misfit = await refused(at(big, nextWeek!))
  check(late.code === 'meetup_full' && misfit.code === 'pet_does_not_fit', 'neither a seat too many nor a big dog')
  say(`    today ${SEATS} of ${SEATS} go; half an hour before nobody waits any more: ${late.code}`)
  say(`    ${big.pet.name} is a retriever: ${misfit.code}`)

  step('A seat for who waits')
  for (const guest of [{ client }, second]) await at(guest, nextWeek!)
  const waiting = await at(third, nextWeek!)
  check(waiting.status === 'waiting' && waiting.position === 1, 'the third guest to wait')
  say(`    ${when(nextWeek!.starts_at)}: ${waiting.going} of ${waiting.capacity} go, ${third.pet.name} waits at place ${waiting.position}`)
  await second.client.delete('/meetups/{id}/join', { path: { id: meetup.id }, query: { occurrence_id: nextWeek!.occurrence_id } })
  const told = await until('who waits to be told', async () => {
    const { items: notices } = await third.client.get('/notifications')
    return notices.find(({ type }) => type === 'meetup_promoted')
  })
  say(`    ${second.pet.name} leaves. 🔔 ${told.title} ${told.body}`)

  await seeEachOther(today!.occurrence_id, host, client)
  await provePresence(meetup.id, today!.occurrence_id, host, second)
  await beRecommended(client)
}

const isIn = (room: LiveRoom) => until('somebody to be in the room', async () => (room.state.status === 'in' ? true : undefined))

/** At the place people see each other, and nowhere else. */
async function seeEachOther(occurrenceId: string, host: Neighbour, client: Client): Promise<void> {
  step('Its live room')
  const rooms = [client.enterMeetup(occurrenceId), host.client.enterMeetup(occurrenceId)] as const
  const [mine, hosts] = rooms
  const seen: { lat: number; lng: number }[] = []
  let hidden = 0
  mine.on('location', (position) => void seen.push(position))
  hosts.on('on_the_way', () => void hidden++)
  try {
    await Promise.all(rooms.map(isIn))
    mine.tell({ lat: HOME.lat + 0.02, lng: HOME.lng })
    await until('somebody on the way', async () => (hidden > 0 ? true : undefined))
    say('    2 km away somebody is on the way, and nobody is told where')
    // The host lives here, and wants to be seen at home as well.
    hosts.showNearHome(true)
    hosts.tell({ lat: HOME.lat + 0.0005, lng: HOME.lng })
    const { lat, lng } = await until('somebody at the place', async () => seen[0])
    say(`    ${host.nickname} is seen, ${Math.round(haversineM(HOME.lat, HOME.lng, lat, lng))} m from the place`)
  } finally {
    for (const room of rooms) room.leave()
  }
}

/** A walk near the place, about the time, says who came. It is a brisk one, because half an hour before the meetup a slow one would have begun too early. Of the others the host may say it. */
async function provePresence(meetupId: string, occurrence_id: string, host: Neighbour, second: Neighbour): Promise<void> {
  step('Who came')
  for (const { client, pet } of [host, second]) {
    const { track } = makeWalk(Math.floor(Math.random() * 2 ** 31), { length_m: 800, pace_mps: 1.3, is_hard: false, origin: HOME })
    await walk(client, pet.id, shiftTrack(track, { time_ms: Date.now() - 60_000 - Math.max(...track.time_ms) }))
  }
  const { items } = await host.client.get('/meetups/{id}/participants', { path: { id: meetupId }, query: { occurrence_id } })
  const came = items.filter(({ attended }) => attended).map(({ pet, user }) => pet?.name ?? user.nickname)
  check(came.length === 2 && items.length === SEATS, 'the walks to prove that two of three came')
  say(`    ${came.join(' and ')}, by their walks; of ${items.length - came.length} it is open yet`)
}

/** Other neighbours may fit better. The two who have just walked are there in any case. */
async function beRecommended(client: Client): Promise<void> {
  step('Neighbours to follow')
  const { items } = await client.get('/recommendations')
  const [first, second] = items
  check(first !== undefined && second !== undefined, 'two who walk here to be recommended')
  for (const { user, pet, score, reasons } of [first!, second!])
    say(`    ${user.nickname} · ${pet.name} (${score.toFixed(2)}): ${reasons.map((reason) => REASONS[reason]).join(', ')}`)
  await client.post('/follows/{user_id}', { path: { user_id: first!.user.id } })
  await client.post('/recommendations/{user_id}/dismiss', { path: { user_id: second!.user.id } })
  const { items: left } = await client.get('/recommendations')
  check(!left.some(({ user: { id } }) => id === first!.user.id || id === second!.user.id), 'who was followed or dismissed to be gone')
  say(`    follows ${first!.pet.name}, wants to see ${second!.pet.name} no more: neither is recommended again`)
}
