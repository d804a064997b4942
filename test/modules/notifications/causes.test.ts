import { describe, expect, it } from 'vitest'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate, seoulMonday } from '../../../src/core/time.ts'
import { consume } from '../../../src/queues.ts'
import { schedule } from '../../../src/schedule.ts'
import { tellNext } from '../../../src/modules/notifications/broadcast/queries.ts'
import { openBroadcasts } from '../../../src/modules/notifications/jobs.ts'
import { endForgottenWalks } from '../../../src/modules/walks/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { completeMadeUp } from '../../support/measured-walks.ts'
import { rowsOf } from '../../support/pushes.ts'
import { givePremium, makeDong, makeWalker, quietMonday, type Walker } from '../../support/walkers.ts'
import { addPet, completionBody, freshTrack, startWalk } from '../../support/walks.ts'

const told = async (person: Parameters<typeof rowsOf>[0], type: string) => (await rowsOf(person)).filter((row) => row.type === type)
const walkAt = (walker: Walker, started_at: Date, distance_m: number, arrived = new Date(started_at.getTime() + HOUR_MS)) =>
  completeMadeUp(walker, { pet_ids: [walker.pet], started_at, distance_m }, arrived)

/** What the hour's cron opens, and every broadcast that comes of it, through the queue. */
async function strike(at: Date): Promise<void> {
  const queue: string[] = []
  const jobs = { sendBatch: async (messages: any[]) => void queue.push(...messages.map(({ body }) => body.outbox_id)) }
  const deps = createTestDeps({ jobs: jobs as never })
  await openBroadcasts.run(deps, at)
  for (let outbox_id = queue.shift(); outbox_id !== undefined; outbox_id = queue.shift()) {
    let isDone = false
    const message = { id: outbox_id, attempts: 1, body: { outbox_id }, ack: () => void (isDone = true), retry() {} }
    await consume({ queue: 'jobs', messages: [message] } as never, deps)
    expect(isDone).toBe(true)
  }
}

/** An hour of a Seoul day that no other test's cron takes, by the millisecond. */
const hourOf = (date: string, hour: number) => new Date(fromSeoulDate(date).getTime() + hour * HOUR_MS + Math.floor(Math.random() * 60_000))

describe('a completion tells', () => {
  it('of badges, and their push is on the queue before a minute is over', async () => {
    const announced: string[] = []
    const owner = await signUp()
    const pushes = { sendBatch: async (messages: any[]) => void announced.push(...messages.flatMap(({ body }) => body.notification_ids)) }
    const pet = await addPet(owner)
    const walk = await startWalk(owner, [pet])
    const body = completionBody(freshTrack({ length_m: 1_300 }))
    const { json } = await owner.with({ pushes: pushes as never }).post(`/walks/${walk}/complete`, body)
    const rows = await told(owner, 'badge_earned')
    expect(rows.map(({ facts }) => facts.badge).toSorted()).toEqual(json.badges_earned.map(({ name }: any) => name).toSorted())
    expect(rows.map(({ facts }) => facts.badge)).toContain('첫 발자국')
    expect(announced.toSorted()).toEqual((await rowsOf(owner)).map(({ id }) => id).toSorted())
    await owner.post(`/walks/${walk}/complete`, body)
    expect(await told(owner, 'badge_earned')).toHaveLength(rows.length)
  })

  it('of a badge that is near, at 80 and at 95 percent, once each and whatever is deleted in between', async () => {
    const walker = await makeWalker(null)
    const start = quietMonday().getTime()
    const walkOn = (day: number, distance_m: number) => walkAt(walker, new Date(start + day * DAY_MS + 15 * HOUR_MS), distance_m)
    const nears = async () =>
      (await told(walker, 'badge_progress')).filter(({ facts }) => facts.badge === '10km 클럽').map(({ facts }) => facts.remaining)
    await walkOn(0, 7_900)
    expect(await nears()).toEqual([])
    const { id } = await walkOn(1, 300)
    expect(await nears()).toEqual([1_800])
    await walker.delete(`/walks/${id}`)
    await walkOn(2, 400)
    expect(await nears()).toEqual([1_800])
    await walkOn(3, 1_300)
    expect(await nears()).toEqual([1_800, 400])
    await walkOn(4, 200)
    expect(await nears()).toEqual([1_800, 400])
    await walkOn(5, 500)
    expect((await told(walker, 'badge_earned')).map(({ facts }) => facts.badge)).toContain('10km 클럽')
    expect(await nears()).toHaveLength(2)
  })

  it('of the best way past both at once, only the nearer; of secret and premium badges nothing before they are had', async () => {
    const walker = await makeWalker(null)
    const start = quietMonday().getTime()
    await walkAt(walker, new Date(start + 15 * HOUR_MS), 9_700)
    const nears = await told(walker, 'badge_progress')
    expect(nears.filter(({ facts }) => facts.badge === '10km 클럽').map(({ topic }) => topic.split(':').at(-1))).toEqual(['95'])
    // 9.7 of the 10 km of one walk: premium, and this one is not.
    expect(nears.map(({ facts }) => facts.badge)).not.toContain('마라토너')
  })

  it('of the board of the dong: who rose, who is among the first three, and whom they passed', async () => {
    const { dong } = await makeDong()
    const monday = quietMonday()
    const [ann, bob, cho, dan, eve] = (await Promise.all(Array.from({ length: 5 }, () => makeWalker(dong)))) as [
      Walker,
      Walker,
      Walker,
      Walker,
      Walker,
    ]
    const at = (hour: number) => new Date(monday.getTime() + hour * HOUR_MS)
    await walkAt(ann, at(1), 5_000)
    await walkAt(bob, at(1), 4_000)
    await walkAt(cho, at(1), 3_000)
    await walkAt(dan, at(1), 2_000)
    await walkAt(eve, at(1), 1_000)
    const kinds = async (walker: Walker) => (await rowsOf(walker)).filter(({ type }) => type.startsWith('ranking_')).map(({ type }) => type)
    expect(await kinds(ann)).toEqual(['ranking_top3'])
    expect(await kinds(cho)).toEqual(['ranking_top3'])
    expect(await kinds(eve)).toEqual([])
    await walkAt(eve, at(5), 1_500)
    expect(await told(eve, 'ranking_up')).toMatchObject([{ facts: { rank: 4 } }])
    expect(await told(dan, 'ranking_down')).toMatchObject([{ sender_id: eve.user.user_id }])
    expect(await kinds(cho)).toEqual(['ranking_top3'])
    await walkAt(eve, at(9), 2_000)
    expect(await kinds(eve)).toEqual(['ranking_up', 'ranking_top3'])
    expect(await kinds(bob)).toEqual(['ranking_top3', 'ranking_down'])
    expect(await kinds(cho)).toEqual(['ranking_top3', 'ranking_down'])
    // The same day again by the same one is not told again; what blocks do not let through is not told at all.
    await walkAt(cho, at(12), 3_000)
    await createTestDeps().db.execute(
      `INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ('${ann.user.user_id}', '${eve.user.user_id}', now())`,
    )
    await walkAt(eve, at(15), 2_000)
    expect(await told(cho, 'ranking_down')).toHaveLength(1)
    expect(await told(ann, 'ranking_down')).toMatchObject([{ sender_id: cho.user.user_id }])
    // A walk of a week before moves nothing of this one.
    await walkAt(dan, new Date(monday.getTime() - 2 * DAY_MS), 90_000, at(20))
    expect(await kinds(dan)).not.toContain('ranking_top3')
  })
})

it('whoever forgot to end a walk is told that it was ended', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const id = await startWalk(owner.with({ now: () => new Date(Date.now() - 13 * HOUR_MS) }), [pet])
  await endForgottenWalks.run(createTestDeps(), new Date())
  expect(await told(owner, 'walk_auto_ended')).toMatchObject([{ facts: { walk_id: id } }])
})

describe('by the clock', () => {
  it('every full hour asks what is due', () => {
    expect(schedule['0 * * * *']).toContain(openBroadcasts)
  })

  it('a run of three days that broke is told at nine, once, and not while a rest day can hold it', async () => {
    const monday = quietMonday()
    const day = (n: number) => new Date(monday.getTime() + n * DAY_MS + 12 * HOUR_MS)
    const [long, short, resting, back] = (await Promise.all(Array.from({ length: 4 }, () => makeWalker(null)))) as [
      Walker,
      Walker,
      Walker,
      Walker,
    ]
    await givePremium(resting)
    for (const walker of [long, resting, back]) for (const n of [0, 1, 2]) await walkAt(walker, day(n), 1_000)
    for (const n of [1, 2]) await walkAt(short, day(n), 1_000)
    await walkAt(back, day(4), 1_000)
    const at = async (n: number, hour: number) => strike(hourOf(seoulDate(day(n)), hour))
    await at(3, 9)
    expect(await told(long, 'streak_broken')).toEqual([])
    await at(4, 8)
    expect(await told(long, 'streak_broken')).toEqual([])
    // The cron of nine was missed.
    await at(4, 10)
    await at(4, 11)
    expect(await told(long, 'streak_broken')).toHaveLength(1)
    for (const walker of [short, resting, back]) expect(await told(walker, 'streak_broken')).toEqual([])
    await at(5, 9)
    expect(await told(long, 'streak_broken')).toHaveLength(1)
    expect(await told(resting, 'streak_broken')).toHaveLength(1)
  }, 60_000)

  it('who has not walked for seven and for fourteen days is called back, and then left alone', async () => {
    const monday = quietMonday()
    const day = (n: number) => new Date(monday.getTime() + n * DAY_MS + 12 * HOUR_MS)
    const gone = await makeWalker(null)
    const here = await makeWalker(null)
    await walkAt(gone, day(0), 1_000)
    await walkAt(here, day(0), 1_000)
    await walkAt(here, day(3), 1_000)
    for (const n of [6, 7, 8, 13, 14, 15, 21, 28]) {
      await strike(hourOf(seoulDate(day(n)), 17))
      await strike(hourOf(seoulDate(day(n)), 18))
    }
    expect((await told(gone, 'come_back')).map(({ topic, facts }) => [topic.split(':')[1], facts.pet_name])).toEqual([
      ['7', '초코'],
      ['14', '초코'],
    ])
    expect((await told(here, 'come_back')).map(({ topic }) => topic.split(':')[0])).toEqual([])
  }, 60_000)

  it('a new week is told on Monday at nine to who lives somewhere and walked lately, however often the cron runs', async () => {
    const monday = quietMonday()
    const { dong } = await makeDong()
    const [walker, homeless, lazy] = [await makeWalker(dong), await makeWalker(null), await makeWalker(dong)]
    await walkAt(walker, new Date(monday.getTime() - DAY_MS), 1_000)
    await walkAt(homeless, new Date(monday.getTime() - DAY_MS), 1_000)
    await walkAt(lazy, new Date(monday.getTime() - 40 * DAY_MS), 1_000)
    const date = seoulDate(monday)
    expect(seoulMonday(monday)).toBe(date)
    await strike(hourOf(date, 8))
    expect(await told(walker, 'weekly_reset')).toEqual([])
    await Promise.all([9, 9, 9].map((hour) => strike(hourOf(date, hour))))
    await strike(hourOf(date, 14))
    expect(await told(walker, 'weekly_reset')).toMatchObject([{ push_state: 'waiting', topic: date }])
    expect(await told(homeless, 'weekly_reset')).toEqual([])
    expect(await told(lazy, 'weekly_reset')).toEqual([])
    await strike(hourOf(seoulDate(new Date(monday.getTime() + DAY_MS)), 9))
    expect(await told(walker, 'weekly_reset')).toHaveLength(1)
  }, 60_000)

  it("the first of a month reports last month's rank in the dong", async () => {
    const { dong } = await makeDong()
    const [first, second] = [await makeWalker(dong), await makeWalker(dong)]
    const date = `${seoulDate(quietMonday()).slice(0, 7)}-01`
    const before = new Date(fromSeoulDate(date).getTime() - 3 * DAY_MS + 12 * HOUR_MS)
    await walkAt(first, before, 3_000)
    await walkAt(second, before, 2_000)
    await strike(hourOf(date, 9))
    expect(await told(first, 'monthly_report')).toMatchObject([{ facts: { region: '시험동', rank: 1 } }])
    expect(await told(second, 'monthly_report')).toMatchObject([{ facts: { region: '시험동', rank: 2 } }])
  }, 60_000)

  it('a season is told when it opens, and seven, three and one day before it ends to who has not its badge', async () => {
    const year = seoulDate(quietMonday()).slice(0, 4)
    const [free, premium] = [await makeWalker(null), await makeWalker(null)]
    await givePremium(premium)
    for (const date of [`${year}-05-28`, `${year}-08-20`]) {
      for (const walker of [free, premium]) await walkAt(walker, new Date(fromSeoulDate(date).getTime() + 12 * HOUR_MS), 1_000)
    }
    const badges = async (walker: Walker, type: string) => (await told(walker, type)).map(({ facts }) => [facts.badge, facts.days])
    await strike(hourOf(`${year}-06-01`, 9))
    expect(await badges(free, 'season_open')).toEqual([['여름바다', undefined]])
    expect((await badges(premium, 'season_open')).map(([name]) => name).toSorted()).toEqual(['여름바다', '여름바다 마스터'])
    await createTestDeps().db.execute(`
      INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_count, day_count)
      SELECT '${premium.user.user_id}', id, ${Number(year)}, now(), 1, 1 FROM badges WHERE code = 'season_summer_m'`)
    for (const day of [23, 24, 25, 26, 27, 28, 29, 30, 31]) await strike(hourOf(`${year}-08-${day}`, 10))
    const three = [7, 3, 1].map((days) => ['여름바다', days])
    expect(await badges(free, 'season_deadline')).toEqual(three)
    expect(await badges(premium, 'season_deadline')).toEqual(three)
  }, 60_000)
})

it('an announcement is told to everybody there was, once, by an admin alone', async () => {
  const [admin, person] = [await signUp(), await signUp()]
  const body = { title: '봄맞이 특별 이벤트', body: '새 뱃지가 나왔어요', link: 'withbowwow://ranking' }
  expect((await person.post('/admin/notifications', body)).status).toBe(403)
  await createTestDeps().db.execute(`UPDATE users SET role = 'admin' WHERE id = '${admin.user.user_id}'`)
  const queued: string[] = []
  const jobs = { sendBatch: async (messages: any[]) => void queued.push(...messages.map(({ body: it }) => it.outbox_id)) }
  const headers = { 'Idempotency-Key': crypto.randomUUID() }
  const first = await admin.with({ jobs: jobs as never }).post('/admin/notifications', body, { headers })
  expect(first.status).toBe(202)
  expect((await admin.with({ jobs: jobs as never }).post('/admin/notifications', body, { headers })).json).toEqual(first.json)
  expect((await admin.post('/admin/notifications', { ...body, title: '다른 이벤트' }, { headers })).status).toBe(409)
  const { db } = createTestDeps()
  const { rows } = await db.execute<{ id: string; payload: any }>(
    `SELECT id, payload FROM outbox WHERE type = 'notifications.broadcast' AND payload ->> 'topic' = '${first.json.id}'`,
  )
  expect(rows).toHaveLength(1)
  expect(queued).toContain(rows[0]!.id)
  // These alone: this run's database is full of others.
  const tellOnly = ({ user }: typeof person) => tellNext(db, { ...rows[0]!.payload, after: before(user.user_id) }, 1)
  await Promise.all([tellOnly(person), tellOnly(person)])
  expect(await told(person, 'system')).toMatchObject([{ facts: body }])
  const later = await signUp()
  await tellOnly(later)
  expect(await told(later, 'system')).toEqual([])
  expect((await admin.post('/admin/notifications', { ...body, link: 'javascript:alert(1)' })).status).toBe(422)
})

/** The id that comes right before another. */
function before(id: string): string {
  const [head, tail] = [id.slice(0, -1), id.slice(-1)]
  return tail === '0' ? `${id.slice(0, 8)}-0000-0000-0000-000000000000` : `${head}${(parseInt(tail, 16) - 1).toString(16)}`
}
