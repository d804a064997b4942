import pg from 'pg'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate } from '../../src/core/time.ts'
import { announcePushes } from '../../src/jobs/outbox.ts'
import { TRIPS_MAX } from '../../src/jobs/job.ts'
import { answerInvitation, invite } from '../../src/modules/invitations/service.ts'
import { type BenchContext, type Row, times } from './bench.ts'
import { startMeter } from './meter.ts'
import { SimulatedDay } from './simulated-day.ts'

const MINUTE_MS = 60_000
/** Calls that the consumer of tasks adds to those of a task: lease, end, next part. */
const CONSUMER_TRIPS = 4

/**
 * Plays days in seconds. Crons, queues and the alarm run with a clock of their own against the database. The first day has no users. On the next days something
 * falls due, with the alarm and after the alarm was lost.
 */
export async function benchIdle({ databaseUrl, cloud, scale }: BenchContext): Promise<Row[]> {
  const meter = await startMeter(cloud.neonEndpoint)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const endpoints = { neonEndpoint: meter.endpoint, redisUrl: cloud.redisUrl }
    // The day is later than what the database writes by its own clock.
    const morning = (days: number) => new Date(fromSeoulDate(seoulDate(new Date(Date.now() + days * DAY_MS))).getTime() + 9 * HOUR_MS)

    const idle = new SimulatedDay(morning(1), endpoints)
    await idle.pass(DAY_MS)
    const counted = meter.take().length
    if (counted !== idle.trips.length) throw new Error(`the proxy counts ${counted} trips, the driver ${idle.trips.length}`)
    const { wakes, ms } = idle.awake()

    const told = await tellInTime(client, new SimulatedDay(morning(3), endpoints), morning(3), { isAlarmLost: false })
    const lost = await tellInTime(client, new SimulatedDay(morning(6), endpoints), morning(6), { isAlarmLost: true })

    const tracks = times(SPOOLED, scale)
    const drained_ms = await drainSpool(client, new SimulatedDay(morning(9), endpoints), tracks)

    const row = (what: string, scale: string, unit: Row['unit'], median: number, n: number, bar: number | null): Row => ({
      what,
      scale,
      unit,
      median,
      p95: null,
      n,
      bar,
    })
    const day = 'a day without users'
    const alarmLost = 'the alarm lost before it'
    return [
      row('Postgres woken', day, 'times', wakes, 1, 30),
      row('Postgres awake', day, 'hours', ms / HOUR_MS, 1, 2.5),
      row('trips to Postgres', day, 'trips', idle.trips.length, 1, null),
      row(
        'most trips of one message of tasks',
        day,
        'trips',
        Math.max(...idle.tripsOfTasks),
        idle.tripsOfTasks.length,
        TRIPS_MAX + CONSUMER_TRIPS,
      ),
      row('reminder of a meeting, late by', 'ten minutes before it', 's', told.reminder_ms / 1_000, told.reminders, 5),
      row('deferred push, late by', 'end of quiet hours', 's', told.push_ms / 1_000, told.pushes, 5),
      row('reminder of a meeting, late by', alarmLost, 's', lost.reminder_ms / 1_000, lost.reminders, 3_600),
      row('deferred push, late by', alarmLost, 's', lost.push_ms / 1_000, lost.pushes, 3_600),
      row('reminders after the meeting began', alarmLost, 'pushes', lost.afterwards, lost.meetings, 0),
      row('tracks that R2 had not taken, moved in', 'an hour of five walks a second', 's', drained_ms / 1_000, tracks, 3_600),
    ]
  } finally {
    await client.end()
    await meter.stop()
  }
}

/** An hour without R2 at five walks a second. */
const SPOOLED = 18_000

/** How long the hourly cron takes to move them. */
async function drainSpool(client: pg.Client, day: SimulatedDay, tracks: number): Promise<number> {
  await client.query(
    `WITH person AS (
       INSERT INTO users (id, nickname, created_at) VALUES (gen_random_uuid(), 'spooled', now()) RETURNING id
     ), kept AS (
       INSERT INTO walks (id, user_id, status, started_at, request_hash, created_at)
       SELECT gen_random_uuid(), person.id, 'ended', now() - n * interval '1 second', '', now() FROM person, generate_series(1, $1::int) AS n
       RETURNING id, user_id
     )
     INSERT INTO track_spool (walk_id, track_key, content, spooled_at)
     SELECT id, concat('tracks/', user_id, '/', id, '/x.track'), decode(repeat('ab', 12000), 'hex'), now() FROM kept`,
    [tracks],
  )
  const startedAt = day.now.getTime()
  const count = async () => (await client.query<{ left: number }>('SELECT count(*)::int AS left FROM track_spool')).rows[0]!.left
  while ((await count()) > 0) {
    if (day.now.getTime() > startedAt + 6 * HOUR_MS) throw new Error('the spool does not drain')
    await day.pass(MINUTE_MS)
  }
  return day.now.getTime() - startedAt
}

interface Told {
  /** The longest delay. */
  readonly reminder_ms: number
  readonly push_ms: number
  readonly reminders: number
  readonly pushes: number
  readonly meetings: number
  readonly afterwards: number
}

/** The minutes of the day at which pairs meet. Each lies differently between two full hours. */
const MEETINGS = [3, 17, 31, 58, 72, 145, 239, 301]
/** The minutes after eight in the morning at which the quiet hours of people end. */
const QUIET_UNTIL = [0, 7, 30, 59]

/** Plays the meetings of an afternoon and the pushes of a night. A lost alarm is lost a moment before it would have rung. */
async function tellInTime(client: pg.Client, day: SimulatedDay, morning: Date, { isAlarmLost }: { isAlarmLost: boolean }): Promise<Told> {
  const noon = morning.getTime() + 4 * HOUR_MS
  const meetings = []
  for (const minute of MEETINGS) {
    const [host, guest] = [await addPerson(client, {}), await addPerson(client, {})]
    const at = new Date(noon + minute * MINUTE_MS)
    const input = { invitee_ids: [guest.user_id], scheduled_at: at.toISOString() }
    const { id } = await invite(day.deps, host, input, crypto.randomUUID())
    await answerInvitation(day.deps, guest, id, 'accepted')
    meetings.push({ at, tokens: [host.token, guest.token] })
  }
  const losses = meetings.map(({ at }) => at.getTime() - 11 * MINUTE_MS)
  const evening = morning.getTime() + 14 * HOUR_MS
  const ends = QUIET_UNTIL.map((minute) => evening + 9 * HOUR_MS + minute * MINUTE_MS)
  losses.push(...ends.map((end) => end - MINUTE_MS))

  const passUntil = async (at: number) => {
    if (isAlarmLost) {
      for (const loss of losses.filter((one) => one < at).toSorted((a, b) => a - b)) {
        await day.passUntil(new Date(loss))
        day.loseAlarm()
      }
      losses.splice(0, losses.length, ...losses.filter((one) => one >= at))
    }
    await day.passUntil(new Date(at))
  }
  await passUntil(evening)
  const quiet = []
  for (const [k, end] of ends.entries()) {
    const until = `08:${String(QUIET_UNTIL[k]).padStart(2, '0')}`
    const person = await addPerson(client, { quiet_hours: { enabled: true, start: '22:00', end: until } })
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
       VALUES ($1, 'comment', $2, '{"walk_id": "00000000-0000-4000-8000-000000000000", "preview": "귀여워요"}', $3, $3, $3::timestamptz + interval '1 minute')
       RETURNING id`,
      [person.user_id, crypto.randomUUID(), new Date(evening).toISOString()],
    )
    await announcePushes(
      day.deps,
      rows.map(({ id }) => id),
    )
    quiet.push({ end, token: person.token })
  }
  await passUntil(evening + 12 * HOUR_MS)

  const pushedTo = (token: string, type: string) => (day.pushed.get(token) ?? []).filter((one) => one.type === type).map(({ at }) => at)
  const reminders = meetings.flatMap(({ at, tokens }) =>
    tokens.flatMap((token) => pushedTo(token, 'invitation_reminder').map((sent) => ({ sent, at: at.getTime() }))),
  )
  const pushes = quiet.flatMap(({ end, token }) => pushedTo(token, 'comment').map((sent) => sent - end))
  if (pushes.length !== quiet.length) throw new Error(`${pushes.length} of ${quiet.length} deferred pushes were sent`)
  if (!isAlarmLost && reminders.length !== 2 * meetings.length)
    throw new Error(`${reminders.length} of ${2 * meetings.length} reminders were sent`)
  return {
    reminder_ms: Math.max(...reminders.map(({ sent, at }) => sent - (at - 10 * MINUTE_MS))),
    push_ms: Math.max(...pushes),
    reminders: reminders.length,
    pushes: pushes.length,
    meetings: meetings.length,
    afterwards: reminders.filter(({ sent, at }) => sent >= at).length,
  }
}

/** Somebody with a session and a phone. */
async function addPerson(client: pg.Client, settings: object): Promise<{ user_id: string; session_id: string; token: string }> {
  const [user_id, session_id, token] = [crypto.randomUUID(), crypto.randomUUID(), `fcm:${crypto.randomUUID()}`]
  await client.query(`INSERT INTO users (id, nickname, settings, created_at) VALUES ($1, $2, $3, now())`, [
    user_id,
    `i${user_id.slice(0, 8)}`,
    settings,
  ])
  await client.query(
    `INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
     VALUES ($1, $2, 1, '', now(), now(), now() + interval '90 days')`,
    [session_id, user_id],
  )
  await client.query(
    `INSERT INTO push_tokens (token, user_id, session_id, platform, registered_at) VALUES ($1, $2, $3, 'android', now())`,
    [token, user_id, session_id],
  )
  return { user_id, session_id, token }
}
