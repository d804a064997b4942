import { describe, expect, it } from 'vitest'
import { ApiProblem, type Tokens, Unreachable } from '../../client/src/index.ts'
import { signUp } from '../support/login.ts'
import { createPhone, type Network } from '../support/phone.ts'

/** A phone whose access token is refused, as after an hour. */
async function expiredPhone() {
  const person = await signUp()
  return createPhone({ ...person.user, access_token: 'expired' })
}

const isRefresh = ({ path }: { path: string }) => path === '/auth/refresh'

describe('the session', () => {
  it('is renewed once, however many calls find it expired', async () => {
    const phone = await expiredPhone()
    const calls = Array.from({ length: 8 }, (_, n) => (n % 2 ? phone.client.get('/users/me') : phone.client.get('/pets')))
    await Promise.all(calls)
    expect(phone.sentTo('/auth/refresh')).toHaveLength(1)
    expect(phone.tokens?.access_token).not.toBe('expired')
    await phone.client.get('/users/me')
    expect(phone.sentTo('/auth/refresh')).toHaveLength(1)
    expect(phone.signedOut).toEqual([])
  })

  it('survives an answer to its renewal that was lost, with the same refresh token', async () => {
    const phone = await expiredPhone()
    let isLost = false
    phone.network = async (sent, pass) => {
      const answer = await pass()
      if (!isRefresh(sent) || isLost) return answer
      isLost = true
      throw new TypeError('Network request failed')
    }
    await Promise.all([phone.client.get('/users/me'), phone.client.get('/pets')])
    const [first, second, ...others] = phone.sentTo('/auth/refresh')
    expect(second?.body).toEqual(first?.body)
    expect(others).toEqual([])
    // What came in the end is what the server holds for the next time.
    phone.tokens = { ...phone.tokens!, access_token: 'expired' }
    await phone.client.get('/users/me')
    expect(phone.signedOut).toEqual([])
  })

  it('stays while the server cannot be asked', async () => {
    const phone = await expiredPhone()
    const before = phone.tokens
    const isDown: Network = async (sent, pass) => {
      if (isRefresh(sent)) throw new TypeError('Network request failed')
      return pass()
    }
    const pass = phone.network
    phone.network = isDown
    await expect(phone.client.get('/users/me')).rejects.toBeInstanceOf(Unreachable)
    expect(phone.tokens).toEqual(before)
    phone.network = pass
    await phone.client.get('/users/me')
    expect(phone.signedOut).toEqual([])
  })

  it('that the server has ended is told once, to many calls at once', async () => {
    const person = await signUp()
    await person.post('/auth/logout', {})
    const phone = createPhone(person.user)
    const calls = [phone.client.get('/users/me'), phone.client.get('/pets'), phone.client.get('/walks')]
    for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
      expect(status).toBe('rejected')
      expect(reason).toBeInstanceOf(ApiProblem)
      expect(reason.code).toBe('unauthenticated')
    }
    expect(phone.signedOut).toEqual(['invalid_refresh_token'])
    expect(phone.tokens).toBeNull()
    expect(await phone.client.isSignedIn()).toBe(false)
  })

  it('takes the tokens that a background task has stored meanwhile, and spends nothing', async () => {
    const person = await signUp()
    const phone = createPhone({ ...person.user, access_token: 'expired' })
    phone.network = async (sent, pass) => {
      if (sent.headers['Authorization'] === 'Bearer expired') phone.tokens = { ...person.user }
      return pass()
    }
    await phone.client.get('/users/me')
    expect(phone.sentTo('/auth/refresh')).toEqual([])
  })

  it('goes on in two tasks of the app that renew it at the same time', async () => {
    const person = await signUp()
    let stored: Tokens | null = { ...person.user, access_token: 'expired' }
    const store = {
      get: async () => stored,
      set: async (tokens: Tokens | null) => {
        stored = tokens
      },
    }
    const [app, task] = [createPhone(null, { store }), createPhone(null, { store })]
    await Promise.all([app.client.get('/users/me'), task.client.get('/users/me')])
    stored = { ...stored, access_token: 'expired' }
    await app.client.get('/pets')
    await task.client.get('/pets')
    expect([...app.signedOut, ...task.signedOut]).toEqual([])
  })

  it('is not signed in again by a renewal that was on its way', async () => {
    const phone = await expiredPhone()
    phone.network = async (sent, pass) => {
      const answer = await pass()
      if (isRefresh(sent)) await phone.client.signOut()
      return answer
    }
    await expect(phone.client.get('/users/me')).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(phone.tokens).toBeNull()
    expect(phone.signedOut).toEqual([])
  })

  it('goes on although the phone could not store what it got', async () => {
    const person = await signUp()
    let isFull = true
    let stored: { access_token: string; refresh_token: string } | null = { ...person.user, access_token: 'expired' }
    const phone = createPhone(null, {
      store: {
        get: async () => stored,
        set: async (tokens) => {
          if (isFull) throw new Error('the keychain is locked')
          stored = tokens && { ...tokens }
        },
      },
    })
    await phone.client.get('/users/me')
    await phone.client.get('/pets')
    expect(phone.sentTo('/auth/refresh')).toHaveLength(1)
    isFull = false
    await phone.client.signOut()
    expect(stored).toBeNull()
  })

  it('begins with a login and ends with a logout, here in any case', async () => {
    const person = await signUp()
    const phone = createPhone(person.user)
    phone.network = async () => {
      throw new TypeError('Network request failed')
    }
    await phone.client.signOut()
    expect(phone.tokens).toBeNull()
    await expect(createPhone(null).client.signIn('/auth/kakao', { access_token: '' })).rejects.toMatchObject({ status: 422 })
  })
})
