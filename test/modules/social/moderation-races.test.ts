import { expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { reportWalk, signUpAdmin } from '../../support/moderation.ts'
import { idOf } from '../../support/rooms.ts'
import { shareWalk } from '../../support/shared-walks.ts'

const { db } = createTestDeps()
const ROUNDS = 8

it('a walk that is hidden while its owner shares it again stays hidden', async () => {
  const [author, other, ...reporters] = await Promise.all(Array.from({ length: 2 + ROUNDS }, () => signUp()))
  for (const reporter of reporters) {
    await reporter.post(`/follows/${idOf(author!)}`)
    const id = await shareWalk(author!)
    const share = (audience: string) => author!.patch(`/walks/${id}`, { shared_to_feed: true, audience })
    const [, reported] = await Promise.all([
      share('followers'),
      reporter.post('/reports', { target_type: 'walk', target_id: id, reason: 'harassment' }),
      share('everyone'),
      share('followers'),
      share('everyone'),
    ])
    await share('everyone')
    expect([reported.status, (await other!.get(`/walks/${id}`)).status]).toEqual([200, 404])
  }
})

/** What is folded waits for what is being written, also where one of the two has begun before the other. */
it.each([
  [
    'a post',
    async (author: string, walk: string) => ({
      slow: `INSERT INTO moderation_cases (target_type, target_id, author_id, snapshot, opened_at, hidden_at) VALUES ('walk', '${walk}', '${author}', '{}', now(), now())`,
      fold: `SELECT fold_post('${walk}')`,
      is_right: `SELECT NOT is_open AS is_right FROM posts WHERE walk_id = '${walk}'`,
    }),
  ],
  [
    'a person',
    async (author: string, walk: string) => ({
      slow: `INSERT INTO moderation_actions (id, target_type, target_id, author_id, action, days, note, before, created_at) VALUES (gen_random_uuid(), 'walk', '${walk}', '${author}', 'suspend', 7, '', '{}', now())`,
      fold: `SELECT fold_person('${author}', now())`,
      is_right: `SELECT suspended_until > now() AS is_right FROM users WHERE id = '${author}'`,
    }),
  ],
])('%s is folded from what stands once nobody else is at it', async (_, make) => {
  const author = await signUp()
  const walk = await shareWalk(author)
  const { slow, fold, is_right } = await make(idOf(author), walk)
  const wait = 'SELECT pg_sleep(0.6)'
  // The first folds, and commits late. The second folds what it saw before that.
  await Promise.all([
    db.batch([db.execute(slow), db.execute(fold), db.execute(wait)]),
    new Promise((resolve) => setTimeout(resolve, 250)).then(() => db.execute(fold)),
  ])
  expect((await db.execute(is_right)).rows).toEqual([{ is_right: true }])
})

it('an appeal that is upheld while another admin suspends lifts its own suspension and no other', async () => {
  const [author, one, two, three] = await Promise.all([signUp(), signUpAdmin(), signUpAdmin(), signUpAdmin()])
  for (let round = 0; round < 4; round++) {
    const [first, second] = [await reportWalk(author), await reportWalk(author)]
    const decided = await one.patch(`/admin/reports/walk/${first}`, { action: 'suspend', days: 1 })
    const { json: appeal } = await author.post('/appeals', { action_id: decided.json.history[0].id, text: '다시 봐 주세요' })
    await Promise.all([
      two.patch(`/admin/appeals/${appeal.id}`, { decision: 'uphold', note: '' }),
      three.patch(`/admin/reports/walk/${second}`, { action: 'suspend', days: 7 }),
    ])
    const { suspended_until } = (await author.get('/users/me')).json
    expect(Date.parse(suspended_until) - Date.now()).toBeGreaterThan(6 * 86_400_000)
    await three.patch(`/admin/reports/walk/${second}`, { action: 'restore' })
    expect((await author.get('/users/me')).json.suspended_until).toBeNull()
  }
})
