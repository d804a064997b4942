import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createAccessTokens } from '../../../src/core/access-token.ts'
import { readRefreshToken, signRefreshToken } from '../../../src/modules/auth/refresh-token.ts'
import { type Api, createApi, createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'

const deps = createTestDeps()
const SECOND = 1_000
const DAY = 86_400_000
const anyone = createApi()
const later = (ms: number) => createApi({ deps: { now: () => new Date(Date.now() + ms) } })
const refresh = (refresh_token: string, api: Api = anyone) => api.post('/auth/refresh', { refresh_token })
const sessionOf = async (refresh_token: string) => {
  const { session_id } = (await readRefreshToken(deps.refreshKeys, refresh_token))!
  return (await deps.db.execute(sql`SELECT id, counter, revoked_at, revoked_reason FROM sessions WHERE id = ${session_id}`)).rows[0] as any
}
const isSignedIn = async (access_token: string) =>
  (await anyone.get('/auth/sessions', { headers: { Authorization: `Bearer ${access_token}` } })).status === 200

describe('a refresh token', () => {
  it('is spent for new tokens in one trip, and the new ones work', async () => {
    const { user } = await signUp()
    const { status, json, headers } = await refresh(user.refresh_token)
    expect(status).toBe(200)
    expect(headers.get('Server-Timing')).toContain('db;desc="1"')
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3_600 })
    expect(json.refresh_token).not.toBe(user.refresh_token)
    expect(await isSignedIn(json.access_token)).toBe(true)
    expect((await refresh(json.refresh_token)).status).toBe(200)
  })

  it('is stored as a hash only', async () => {
    const { user } = await signUp()
    const { rows } = await deps.db.execute(sql`SELECT sessions::text AS text FROM sessions WHERE user_id = ${user.user_id}`)
    expect(rows).toHaveLength(1)
    expect(rows[0]!.text).not.toContain(user.refresh_token)
  })

  it('asked with again within a minute gives the same next one, and nothing moves', async () => {
    const { user } = await signUp()
    const spentAt = Date.now()
    const after = (ms: number) => createApi({ deps: { now: () => new Date(spentAt + ms) } })
    const first = await refresh(user.refresh_token, after(0))
    for (const ms of [0, 10 * SECOND, 60 * SECOND]) {
      const again = await refresh(user.refresh_token, after(ms))
      expect([again.status, again.json.refresh_token]).toEqual([200, first.json.refresh_token])
      expect(await isSignedIn(again.json.access_token)).toBe(true)
    }
    expect((await sessionOf(user.refresh_token)).counter).toBe(2)
  })

  it('stolen and used after its owner ends the whole family, access tokens included', async () => {
    for (const generations of [1, 2, 3, 5]) {
      const { user } = await signUp()
      let newest = { access_token: user.access_token, refresh_token: user.refresh_token }
      for (let i = 0; i < generations; i++) newest = (await refresh(newest.refresh_token)).json
      expect(await isSignedIn(newest.access_token)).toBe(true)
      const stolen = await refresh(user.refresh_token, later(generations === 1 ? 61 * SECOND : 0))
      expect([stolen.status, stolen.json.code]).toEqual([401, 'refresh_token_reused'])
      expect(await isSignedIn(newest.access_token)).toBe(false)
      const after = await refresh(newest.refresh_token)
      expect([after.status, after.json.code]).toEqual([401, 'invalid_refresh_token'])
      expect(await sessionOf(user.refresh_token)).toMatchObject({ revoked_reason: 'reuse' })
    }
  })

  it('stolen and used before its owner ends the whole family when its owner comes', async () => {
    const { user } = await signUp()
    const thief = await refresh(user.refresh_token)
    const owner = await refresh(user.refresh_token, later(61 * SECOND))
    expect([owner.status, owner.json.code]).toEqual([401, 'refresh_token_reused'])
    expect(await isSignedIn(thief.json.access_token)).toBe(false)
    expect((await refresh(thief.json.refresh_token)).status).toBe(401)
  })

  it('of one device leaves the others alone', async () => {
    const { user } = await signUp()
    const other = await signUp()
    const { json } = await refresh(user.refresh_token)
    await refresh(user.refresh_token, later(61 * SECOND))
    expect(await isSignedIn(json.access_token)).toBe(false)
    expect(await isSignedIn(other.user.access_token)).toBe(true)
  })

  it('lives seven days from its last renewal, and its family half a year', async () => {
    const { user } = await signUp()
    expect((await refresh(user.refresh_token, later(7 * DAY + SECOND))).json.code).toBe('invalid_refresh_token')
    let token = user.refresh_token
    for (let day = 6; day < 180; day += 6) {
      const { status, json } = await refresh(token, later(day * DAY))
      expect([day, status]).toEqual([day, 200])
      token = json.refresh_token
    }
    expect((await refresh(token, later(180 * DAY))).json.code).toBe('invalid_refresh_token')
  })

  it('is worth nothing once its account is deleted or its session ended', async () => {
    const gone = await signUp()
    await deps.db.execute(sql`UPDATE users SET deleted_at = now() WHERE id = ${gone.user.user_id}`)
    expect((await refresh(gone.user.refresh_token)).json.code).toBe('invalid_refresh_token')
    const out = await signUp()
    await out.post('/auth/logout')
    expect((await refresh(out.user.refresh_token)).json.code).toBe('invalid_refresh_token')
  })
})

describe('what is no refresh token of ours', () => {
  it('is told without asking the database', async () => {
    const { user } = await signUp()
    const token = user.refresh_token
    const other = await signRefreshToken('another secret of at least 32 characters', { session_id: crypto.randomUUID(), counter: 1 })
    const forged = [
      '',
      ' ',
      'null',
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      token.toLowerCase(),
      other,
      user.access_token,
      'x'.repeat(100_000),
      '\u0000\ud800',
      // The last letter holds four bits that mean nothing; only one spelling of a token is that token.
      ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
        .map((letter) => token.slice(0, -1) + letter)
        .filter((it) => it !== token),
      ...Array.from({ length: 69 }, (_, i) => token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1)),
    ]
    for (const refresh_token of forged) {
      const { status, json, headers } = await refresh(refresh_token)
      expect([refresh_token.slice(0, 80), status, json.code]).toEqual([refresh_token.slice(0, 80), 401, 'invalid_refresh_token'])
      expect(headers.get('Server-Timing')).toContain('db;desc="0"')
    }
    expect((await refresh(token)).status).toBe(200)
  })

  it('is refused by its MAC, ten thousand times of ten thousand', async () => {
    for (let i = 0; i < 10_000; i++) {
      const token = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(52))))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace(/=+$/, '')
      expect(await readRefreshToken(deps.refreshKeys, token)).toBeNull()
    }
  })

  it('may carry a right MAC and still be of no session', async () => {
    const unknown = await signRefreshToken(deps.refreshKeys[0], { session_id: crypto.randomUUID(), counter: 1 })
    expect((await refresh(unknown)).json.code).toBe('invalid_refresh_token')
    const { user } = await signUp()
    const { session_id } = (await readRefreshToken(deps.refreshKeys, user.refresh_token))!
    const ahead = await signRefreshToken(deps.refreshKeys[0], { session_id, counter: 5 })
    expect((await refresh(ahead)).json.code).toBe('invalid_refresh_token')
    expect((await refresh(user.refresh_token)).status).toBe(200)
  })

  it('is a 422 where it is no text at all', async () => {
    for (const body of [{}, { refresh_token: 5 }, { refresh_token: null }, { refresh_token: ['a'] }, [], 'a']) {
      expect((await anyone.post('/auth/refresh', body)).status).toBe(422)
    }
  })
})

describe('an access token', () => {
  it('does not refresh, and a refresh token does not open anything', async () => {
    const { user } = await signUp()
    expect((await refresh(user.access_token)).json.code).toBe('invalid_refresh_token')
    expect(await isSignedIn(user.refresh_token)).toBe(false)
  })
})

describe('refreshes at once', { timeout: 120_000 }, () => {
  it('come out as one lineage and never log a phone out', async () => {
    const phones = await Promise.all(Array.from({ length: 4 }, () => signUp()))
    let answered = 0
    const play = async ({ user }: { user: { refresh_token: string } }) => {
      let token = user.refresh_token
      for (let round = 0; round < 30; round++) {
        const copies = 2 + Math.floor(Math.random() * 4)
        const answers = await Promise.all(
          Array.from({ length: copies }, async () => {
            await new Promise((resolve) => setTimeout(resolve, Math.random() * 6))
            return refresh(token)
          }),
        )
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
        const next = new Set(answers.map(({ json }) => json.refresh_token))
        expect(next.size).toBe(1)
        token = [...next][0]
        answered += copies
      }
      expect(await sessionOf(token)).toMatchObject({ counter: 31, revoked_at: null })
    }
    await Promise.all(phones.map(play))
    expect(answered).toBeGreaterThanOrEqual(240)
  })

  it('of which one is a thief with a spent token end in one dead family', async () => {
    for (let round = 0; round < 20; round++) {
      const { user } = await signUp()
      const second = (await refresh(user.refresh_token)).json.refresh_token
      const third = (await refresh(second)).json.refresh_token
      await Promise.all([refresh(third), refresh(user.refresh_token), refresh(third)])
      expect(await sessionOf(third)).toMatchObject({ revoked_reason: 'reuse' })
      expect((await refresh(third)).status).toBe(401)
    }
  })
})

describe('a lost answer', { timeout: 60_000 }, () => {
  it('costs nothing, whether it was lost before or after the rotation', async () => {
    const { user } = await signUp()
    let token = user.refresh_token
    const { id } = await sessionOf(token)
    for (let round = 0; round < 30; round++) {
      const losses = 1 + Math.floor(Math.random() * 2)
      await injectFault({ host: 'neon', key: id, cut: Math.random() < 0.5 ? 'before' : 'after', times: losses })
      for (let i = 0; i < losses; i++) expect((await refresh(token)).status).toBe(503)
      const { status, json } = await refresh(token)
      expect(status).toBe(200)
      expect(await isSignedIn(json.access_token)).toBe(true)
      token = json.refresh_token
    }
    expect(await sessionOf(token)).toMatchObject({ counter: 31 })
  })
})

describe('a change of keys', () => {
  const fresh = 'a brand-new secret of at least thirty-two characters'
  const [current] = deps.refreshKeys
  const withKeys = (...keys: [string, ...string[]]) =>
    createApi({ deps: ({ now }) => ({ refreshKeys: keys, accessTokens: createAccessTokens({ keys, now }) }) })

  it('logs nobody out: the old token still refreshes, into one of the new key', async () => {
    const { user } = await signUp()
    const both = withKeys(fresh, current)
    const { status, json } = await refresh(user.refresh_token, both)
    expect(status).toBe(200)
    expect(await readRefreshToken([fresh], json.refresh_token)).not.toBeNull()
    expect(await readRefreshToken([current], json.refresh_token)).toBeNull()
    expect((await refresh(json.refresh_token, withKeys(fresh))).status).toBe(200)
  })

  it('between two requests with the same token gives the same next one', async () => {
    const { user } = await signUp()
    const first = await refresh(user.refresh_token)
    const again = await refresh(user.refresh_token, withKeys(fresh, current))
    expect([again.status, again.json.refresh_token]).toEqual([200, first.json.refresh_token])
    expect((await refresh(again.json.refresh_token, withKeys(fresh, current))).status).toBe(200)
  })

  it('that drops the old key at once asks for a login, and harms nothing', async () => {
    const { user } = await signUp()
    expect((await refresh(user.refresh_token, withKeys(fresh))).json.code).toBe('invalid_refresh_token')
    expect((await refresh(user.refresh_token)).status).toBe(200)
  })
})
