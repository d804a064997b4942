import { base64url, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { type TokenRules, verifyToken } from '../../src/vendors/verify-token.ts'
import { fakeVendor, html, json, verdict } from './fake-vendor.ts'

const HOUR = 3_600_000
const start = new Date('2026-10-01T09:00:00Z')
const rules: TokenRules = {
  vendor: 'someone',
  issuers: ['https://id.example.com', 'id.example.com'],
  audiences: ['app', 'web'],
  algorithms: ['RS256'],
  jwks_url: 'https://id.example.com/keys',
  required_claims: ['sub'],
}

async function createKey(kid: string, alg = 'RS256') {
  const pair = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' } }
}
const current = await createKey('current')
const next = await createKey('next')
const stranger = await createKey('current')
const elliptic = await createKey('elliptic', 'ES256')

let clock = start
const now = () => clock
const at = (date: Date) => Math.floor(date.getTime() / 1_000)
const usual = (): JWTPayload => ({ iss: rules.issuers[0]!, aud: 'app', sub: 'me', iat: at(clock), exp: at(clock) + 600 })

function sign(claims: JWTPayload = {}, key = current, header: object = {}) {
  return new SignJWT({ ...usual(), ...claims }).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey)
}
const keys = (...held: { jwk: object }[]) => json({ keys: held.map(({ jwk }) => jwk) })
const verifier = (fetch: ReturnType<typeof fakeVendor>['fetch']) => (token: string) => verifyToken({ fetch, now }, rules, token)

beforeEach(() => {
  clock = start
})

describe('a token', () => {
  it('is read when its vendor signed it for us', async () => {
    const verify = verifier(fakeVendor({ 'id.example.com/keys': keys(current, next) }).fetch)
    expect(await verify(await sign())).toMatchObject({ sub: 'me' })
    expect(await verify(await sign({ aud: 'web' }, next))).toMatchObject({ aud: 'web' })
    expect(await verify(await sign({ aud: ['other', 'app'] }))).toMatchObject({ sub: 'me' })
    expect(await verify(await sign({ iss: 'id.example.com' }))).toMatchObject({ iss: 'id.example.com' })
    expect(await verify(await sign({ exp: at(clock) - 20 }))).toMatchObject({ sub: 'me' })
  })

  it('is refused when anything about it is off', async () => {
    const verify = verifier(fakeVendor({ 'id.example.com/keys': keys(current, elliptic) }).fetch)
    const { iss, aud, exp, iat, sub } = usual()
    const without = (claims: object) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'current' }).sign(current.privateKey)
    const genuine = await sign()
    const [head = '', body = '', signature = ''] = genuine.split('.')
    const publicKey = new TextEncoder().encode(await exportSPKI(current.publicKey))
    const forged = (header: object) => `${base64url.encode(JSON.stringify(header))}.${body}.${signature}`
    const tokens: Record<string, string> = {
      'another issuer': await sign({ iss: 'https://id.example.org' }),
      'another audience': await sign({ aud: 'someone-else' }),
      'no audience': await without({ iss, exp, iat, sub }),
      'no issuer': await without({ aud, exp, iat, sub }),
      'no expiry': await without({ iss, aud, iat, sub }),
      'no time of issue': await without({ iss, aud, exp, sub }),
      'no subject': await without({ iss, aud, exp, iat }),
      expired: await sign({ exp: at(clock) - 40 }),
      'not valid yet': await sign({ nbf: at(clock) + 40 }),
      'a stranger with our key id': await sign({}, stranger),
      'a key that is not published': await sign({}, next),
      'another algorithm of a published key': await sign({}, elliptic),
      'no algorithm': forged({ alg: 'none' }),
      'no algorithm, no signature': `${base64url.encode('{"alg":"none"}')}.${body}.`,
      'the public key as a secret': await new SignJWT(usual()).setProtectedHeader({ alg: 'HS256', kid: 'current' }).sign(publicKey),
      'a key it brings itself': await sign({}, stranger, { jwk: stranger.jwk, kid: undefined }),
      'a place to fetch keys from': await sign({}, stranger, { jku: 'https://evil.example/keys' }),
      'an unknown critical header': forged({ alg: 'RS256', kid: 'current', crit: ['x'], x: 1 }),
      'another body': `${head}.${base64url.encode(JSON.stringify({ ...usual(), sub: 'you' }))}.${signature}`,
      'no signature': `${head}.${body}.`,
      'half of it': genuine.slice(0, genuine.length / 2),
      'too long': await sign({ pad: 'x'.repeat(9_000) }),
      nothing: '',
      dots: '..',
    }
    for (const [name, token] of Object.entries(tokens)) expect([name, await verify(token)]).toEqual([name, null])
  })
})

describe('the keys', () => {
  it('are fetched once an hour, whoever makes the adapter', async () => {
    const vendor = fakeVendor({ 'id.example.com/keys': keys(current) })
    for (let i = 0; i < 5; i++) expect(await verifier(vendor.fetch)(await sign())).not.toBeNull()
    expect(vendor.asked).toHaveLength(1)
    clock = new Date(start.getTime() + HOUR)
    expect(await verifier(vendor.fetch)(await sign())).not.toBeNull()
    expect(vendor.asked).toHaveLength(2)
  })

  it('are asked for at most once a minute, however many made-up key ids there are', async () => {
    const vendor = fakeVendor({ 'id.example.com/keys': keys(current) })
    const verify = verifier(vendor.fetch)
    await verify(await sign())
    const body = (await sign()).split('.')[1]
    for (let i = 0; i < 10_000; i++) {
      clock = new Date(start.getTime() + i * 30)
      expect(await verify(`${base64url.encode(`{"alg":"RS256","kid":"${i}"}`)}.${body}.AAAA`)).toBeNull()
    }
    expect(vendor.asked.length).toBeLessThanOrEqual(6)
    expect(await verify(await sign())).not.toBeNull()
  })

  it('follow the vendor when it changes them', async () => {
    const vendor = fakeVendor({ 'id.example.com/keys': [keys(current), keys(next)] })
    const verify = verifier(vendor.fetch)
    expect(await verify(await sign())).not.toBeNull()
    clock = new Date(start.getTime() + 61_000)
    expect(await verify(await sign({}, next))).not.toBeNull()
    expect(await verify(await sign({}, current))).toBeNull()
  })

  it('serve on while the vendor is down, for a day', async () => {
    const vendor = fakeVendor({ 'id.example.com/keys': [keys(current), html(503), new Error('reset'), json({ keys: [] })] })
    const verify = verifier(vendor.fetch)
    await verify(await sign())
    for (const hours of [2, 4, 23]) {
      clock = new Date(start.getTime() + hours * HOUR)
      expect(await verify(await sign())).not.toBeNull()
    }
    expect(await verdict(verify(await sign({}, next)))).toBe('ok')
    clock = new Date(start.getTime() + 25 * HOUR)
    expect(await verdict(verify(await sign()))).toBe('vendor_unavailable')
  })

  it('are not asked for by what says itself that it is not for us, has expired, or is no token', async () => {
    const vendor = fakeVendor({ 'id.example.com/keys': keys(current) })
    const verify = verifier(vendor.fetch)
    const refused = [
      await sign({ iss: 'https://id.example.org' }),
      await sign({ aud: 'other' }),
      await sign({ exp: at(clock) - 40 }),
      await sign({}, elliptic),
      'x.y.z',
      'abc',
      '..',
      `${base64url.encode('{"alg":"RS256"}')}.${base64url.encode('not json')}.AAAA`,
    ]
    for (const token of refused) expect(await verify(token)).toBeNull()
    expect(vendor.asked).toHaveLength(0)
  })

  it('are asked for once in ten seconds while a vendor that never gave any is down', async () => {
    const vendor = fakeVendor({ 'id.example.com/keys': [html(503), new Error('reset'), keys(current)] })
    const verify = verifier(vendor.fetch)
    const verdicts = async () => {
      const found: string[] = []
      for (let i = 0; i < 5; i++) found.push(await verdict(verify(await sign())))
      return [...new Set(found)]
    }
    expect([await verdicts(), vendor.asked.length]).toEqual([['vendor_unavailable'], 1])
    clock = new Date(start.getTime() + 10_000)
    expect([await verdicts(), vendor.asked.length]).toEqual([['vendor_unavailable'], 2])
    clock = new Date(start.getTime() + 20_000)
    expect([await verdicts(), vendor.asked.length]).toEqual([['ok'], 3])
  })

  it('that cannot be had leave a token unjudged', async () => {
    for (const reply of [html(), html(500), json({ keys: [] }), json({}), json('keys'), new Error('timeout')]) {
      const verify = verifier(fakeVendor({ 'id.example.com/keys': reply }).fetch)
      expect(await verdict(verify(await sign()))).toBe('vendor_unavailable')
    }
  })
})
