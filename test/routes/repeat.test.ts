import { describe, expect, it } from 'vitest'
import { createTestDeps, type Api } from '../support/api.ts'
import { injectFault } from '../support/faults.ts'
import { signUp } from '../support/login.ts'
import { type SampleRoute, userRoutes } from '../support/route-table.ts'

/** A ticket is another one each time, and changes nothing. */
const mutating = userRoutes.filter(({ method, route }) => method !== 'GET' && route !== '/ws/tickets')
/** These end the session that asks; asking again is a 401, and nothing more happens. */
const ENDS_SESSION = new Set(['POST /auth/logout', 'DELETE /auth/sessions/{id}'])
/** Of two at once only one may move money, and the other learns that it is on the way. */
const MOVES_MONEY = new Set(['POST /payments/confirm'])
const KEYED = { headers: { 'Idempotency-Key': 'once' } }

/** Everything a person owns, as counts and sums: what doing a thing twice must not change twice. */
async function effects(api: Api): Promise<unknown> {
  const id = api.user?.user_id
  const { rows } = await createTestDeps().db.execute(`
    SELECT (SELECT count(*) FROM pets WHERE user_id = '${id}' AND archived_at IS NULL) AS pets,
           (SELECT count(*) FROM pets WHERE user_id = '${id}' AND is_primary AND archived_at IS NULL) AS primaries,
           (SELECT count(*) FROM health_records JOIN pets ON pets.id = pet_id WHERE user_id = '${id}') AS records,
           (SELECT count(*) FROM walks WHERE user_id = '${id}' AND deleted_at IS NULL) AS walks,
           (SELECT array_agg(status::text) FROM walks WHERE user_id = '${id}' AND deleted_at IS NULL) AS statuses,
           (SELECT sum(walk_count) FROM user_totals WHERE user_id = '${id}') AS walk_count,
           (SELECT sum(distance_m) FROM user_totals WHERE user_id = '${id}') AS distance_m,
           (SELECT count(*) FROM photos WHERE user_id = '${id}') AS photos,
           (SELECT sum(photo_count) FROM walks WHERE user_id = '${id}') AS photo_count,
           (SELECT count(*) FROM share_links JOIN walks ON walks.id = walk_id WHERE user_id = '${id}') AS share_links,
           (SELECT count(*) FROM consents WHERE user_id = '${id}') AS consents,
           (SELECT count(*) FROM blocks WHERE blocker_id = '${id}') AS blocks,
           (SELECT count(*) FROM likes WHERE user_id = '${id}') AS likes,
           (SELECT count(*) FROM comments WHERE user_id = '${id}' AND deleted_at IS NULL) AS comments,
           (SELECT array_agg(emoji ORDER BY emoji) FROM reactions WHERE user_id = '${id}') AS reactions,
           (SELECT count(*) FROM invitations WHERE inviter_id = '${id}' AND cancelled_at IS NULL) AS invitations,
           (SELECT array_agg(answer::text) FROM invitees WHERE user_id = '${id}') AS answers,
           (SELECT array_agg(row(name, published_at IS NOT NULL)::text) FROM courses WHERE owner_id = '${id}' AND deleted_at IS NULL) AS courses,
           (SELECT count(*) FROM course_favorites WHERE user_id = '${id}') AS favorite_courses,
           (SELECT count(*) FROM meetups WHERE host_id = '${id}' AND cancelled_at IS NULL) AS meetups,
           (SELECT array_agg(row(status, queue_no)::text ORDER BY queue_no) FROM meetup_participants WHERE user_id = '${id}') AS seats,
           (SELECT sum(going) FROM meetup_occurrences JOIN meetups ON meetups.id = meetup_id WHERE host_id = '${id}') AS guests,
           (SELECT count(*) FROM notifications WHERE sender_id = '${id}') AS told,
           (SELECT array_agg(state::text ORDER BY id) FROM orders WHERE user_id = '${id}') AS orders,
           (SELECT sum(amount_won) FROM payments WHERE user_id = '${id}') AS paid_won,
           (SELECT count(*) FROM refunds WHERE user_id = '${id}') AS refunds,
           (SELECT array_agg(row(id, revoked_at IS NULL)::text ORDER BY id) FROM calendar_feeds WHERE user_id = '${id}') AS calendar_feeds,
           (SELECT array_agg(state::text) FROM exports WHERE user_id = '${id}') AS exports,
           (SELECT count(*) FROM push_tokens WHERE user_id = '${id}') AS push_tokens,
           (SELECT count(*) FROM sessions WHERE user_id = '${id}' AND revoked_at IS NULL) AS sessions,
           (SELECT row(nickname, region_code, weekly_goal_km, settings, privacy_zone_radius_m, deleted_at IS NULL)::text FROM users WHERE id = '${id}') AS account`)
  return rows
}

async function runOnce({ method, prepare }: SampleRoute) {
  const owner = await signUp()
  const { path, body } = await prepare(owner)
  return { owner, send: () => owner.request(method, path, body, KEYED) }
}

/** The same call where the answer does not name the moment it was given. */
const comparable = (text: string) => text.replaceAll(/"request_id":"[^"]+"|expires=\d+&signature=[\w-]+/g, '')

describe.each(mutating)('$method $route', (route) => {
  const endsSession = ENDS_SESSION.has(`${route.method} ${route.route}`)

  it('has one effect and one answer when it is sent twice, and when it is sent twice at once', async () => {
    const { owner, send } = await runOnce(route)
    const [a, b] = await Promise.all([send(), send()])
    const after = await effects(owner)
    const again = await send()
    expect(await effects(owner)).toEqual(after)
    if (endsSession) {
      expect([a.status, b.status].filter((status) => status < 300).length).toBeGreaterThan(0)
      expect(again.status).toBe(401)
    } else {
      expect(again.status).toBeLessThan(300)
      if (MOVES_MONEY.has(`${route.method} ${route.route}`)) return expect([200, 202]).toContain(Math.max(a.status, b.status))
      expect([a.status, b.status]).toEqual([again.status, again.status])
      expect([comparable(a.text), comparable(b.text)]).toEqual([comparable(again.text), comparable(again.text)])
    }
  })

  it('has happened once after the answer was lost and it is sent again', async () => {
    const { owner, send } = await runOnce(route)
    await injectFault({ host: 'neon', cut: 'after', key: owner.user.user_id, ...(route.writes && { match: route.writes }) })
    const lost = await send()
    expect(lost).toMatchObject({ status: 503, json: { code: 'temporarily_unavailable' } })
    const after = await effects(owner)
    const again = await send()
    expect(again.status).toBe(endsSession ? 401 : again.status)
    if (!endsSession) expect(again.status).toBeLessThan(300)
    expect(await effects(owner)).toEqual(after)
  })

  it.each([{ cut: 'before' as const }, { status: 500, body: 'oops' }, { status: 200, body: '<html>' }])(
    'changes nothing when Postgres fails with %o, and works when it is sent again',
    async (fault) => {
      const { owner, send } = await runOnce(route)
      const before = await effects(owner)
      await injectFault({ host: 'neon', key: owner.user.user_id, ...fault })
      const failed = await send()
      expect(failed.status).toBe(503)
      expect(failed.headers.get('Content-Type')).toContain('application/problem+json')
      expect(await effects(owner)).toEqual(before)
      expect((await send()).status).toBeLessThan(300)
    },
  )
})
