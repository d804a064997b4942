import type { Deps } from '../../src/deps.ts'
import { answerInvitation, invite, openInvitation, withdrawInvitation } from '../../src/modules/invitations/service.ts'
import { inviteSchema } from '../../src/modules/invitations/schema.ts'
import { saveRecord } from '../../src/modules/rooms/service.ts'
import { HOUR_MS, DAY_MS, seoulDate } from '../../src/core/time.ts'
import { runDue } from '../../src/schedule.ts'
import { type Made, makePair } from '../tracks.ts'
import type { Owner } from './owners.ts'
import { type Act, type Day, dayOf, type Domain, type Town } from './town.ts'
import { walkAct } from './walks.ts'

export const MEETINGS = [
  { name: '서울숲 2번 출입구', lat: 37.5444, lng: 127.0374 },
  { name: '응봉산 팔각정', lat: 37.5489, lng: 127.0297 },
] as const
/** Nobody's usual hour, so that no two walks of one owner overlap. */
const MET_AT = 14.5
const ASKED_DAYS_AHEAD = 2
const MESSAGES = ['이번 주말에 같이 산책해요!', '우리 강아지들 친구 해요', '한 바퀴 같이 돌아요']
const ENDS = ['met', 'met', 'met', 'declined', 'cancelled', 'expired', 'missed'] as const

interface Meeting {
  readonly id: string
  readonly asked: Day
  readonly at: Date
  readonly host: Owner
  readonly guest: Owner
  readonly end: (typeof ENDS)[number]
  readonly place: (typeof MEETINGS)[number]
}

/** One invitation a day, for a meeting two days later, and all that comes of it. */
export const invitations: Domain = (town, day) => {
  const before = [ASKED_DAYS_AHEAD, 1, 0].map((days) => dayOf(town, seoulDate(new Date(day.at(12).getTime() - days * DAY_MS))))
  return before
    .flatMap((asked) => {
      const meeting = meetingAskedOn(town, asked)
      return meeting ? actsOf(town, meeting) : []
    })
    .filter(({ at }) => seoulDate(at) === day.date)
}

/** Those who live in the first quarter ask each other. The cast asks most, so that each of them has met somebody. */
function meetingAskedOn(town: Town, asked: Day): Meeting | null {
  if (asked.index < 2) return null
  const random = town.random('meeting', asked.date)
  const near = town.settled(asked).filter(({ number }) => number < Math.max(3, town.owners.length * 0.3))
  const host = near[asked.index % Math.max(1, Math.min(near.length, 6))]
  const guest = random.pick(near.filter((owner) => owner !== host))
  if (!host || !guest) return null
  const at = new Date(asked.at(MET_AT).getTime() + ASKED_DAYS_AHEAD * DAY_MS)
  return { id: town.id('meeting', asked.date), asked, at, host, guest, end: ENDS[asked.index % ENDS.length]!, place: random.pick(MEETINGS) }
}

function actsOf(town: Town, { id, asked, at, host, guest, end, place }: Meeting): Act[] {
  const random = town.random('meeting acts', id)
  const actorOf = (owner: Owner) => town.resident(owner).actor
  const acts: Act[] = [
    {
      at: asked.at(19.25),
      run: (deps) =>
        invite(
          deps,
          actorOf(host),
          inviteSchema.parse({
            id,
            invitee_ids: [actorOf(guest).user_id],
            scheduled_at: at.toISOString(),
            location_name: place.name,
            lat: place.lat,
            lng: place.lng,
            message: random.pick(MESSAGES),
          }),
        ),
    },
  ]
  const nextDay = (hours: number) => new Date(asked.at(hours).getTime() + DAY_MS)
  if (end !== 'expired') acts.push({ at: nextDay(8.5), run: (deps) => openInvitation(deps, actorOf(guest), id) })
  if (end === 'declined') acts.push({ at: nextDay(8.6), run: (deps) => answerInvitation(deps, actorOf(guest), id, 'declined') })
  if (end === 'cancelled') acts.push({ at: nextDay(9.2), run: (deps) => withdrawInvitation(deps, actorOf(host), id) })
  if (end === 'met' || end === 'missed')
    acts.push({ at: nextDay(8.6), run: (deps) => answerInvitation(deps, actorOf(guest), id, 'accepted') })
  // The alarm rings for the reminder and for what expires.
  acts.push({ at: new Date(at.getTime() - HOUR_MS / 6), run: runDue })
  if (end === 'met') acts.push(...walkTogether(town, { id, host, guest, at, place }))
  return acts
}

/** Both record the same walk, and the live room sees them beside each other. */
function walkTogether(town: Town, { id, host, guest, at, place }: Pick<Meeting, 'id' | 'host' | 'guest' | 'at' | 'place'>): Act[] {
  const seed = Math.floor(town.random('together', id).next() * 2 ** 31)
  const pair = makePair(seed, {
    origin: place,
    start_ms: at.getTime(),
    length_m: 1_500,
    pace_mps: 1.05,
    phone: { sampling: '3s', spike: 0, dropouts: 0 },
  })
  const [first, last] = spanOf(pair)
  const one = walkAct(town, host, { id: town.id('together', id, 0), track: pair[0].track, is_shared: true })
  const other = walkAct(town, guest, { id: town.id('together', id, 1), track: pair[1].track, is_shared: false })
  return [
    {
      at: new Date(last + 30_000),
      run: (deps: Deps) => {
        const ids = [town.resident(host).actor.user_id, town.resident(guest).actor.user_id] as const
        const [one_id, other_id] = ids[0] < ids[1] ? ids : [ids[1], ids[0]]
        const [first_at, last_at] = [new Date(first).toISOString(), new Date(last).toISOString()]
        const shown = (subject_id: string, viewer_id: string) => ({ subject_id, viewer_id, first_at, last_at })
        return saveRecord(
          deps,
          { kind: 'invitation', id },
          {
            encounters: [{ one_id, other_id, spans: [[first_at, last_at]] }],
            provisions: [shown(one_id, other_id), shown(other_id, one_id)],
          },
        )
      },
    },
    one,
    other,
  ]
}

function spanOf(pair: readonly Made[]): [first: number, last: number] {
  const times = pair.flatMap(({ track }) => [...track.time_ms])
  return [Math.min(...times), Math.max(...times)]
}
