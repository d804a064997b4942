import { base64url, decodeJwt, decodeProtectedHeader, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { workerVars } from '../../../dev/credentials.ts'
import { createApi } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'

const secret = new TextEncoder().encode(workerVars.JWT_SECRET_KEY)
const anyone = createApi()
const open = (authorization: string) => anyone.get('/users/me', { headers: { Authorization: authorization } })

describe('an access token', () => {
  it('crafted in any way opens nothing', { timeout: 60_000 }, async () => {
    const me = await signUp()
    const other = await signUp()
    const genuine = me.user.access_token
    const claims = decodeJwt(genuine)
    const header = decodeProtectedHeader(genuine) as { alg: string; typ: string; kid: string }
    const [h = '', p = '', s = ''] = genuine.split('.')
    const now = Math.floor(Date.now() / 1_000)
    const encode = (value: unknown) => base64url.encode(typeof value === 'string' ? value : JSON.stringify(value))

    async function hmac(signed: string, key: Uint8Array = secret, hash = 'SHA-256') {
      const imported = await crypto.subtle.importKey('raw', new Uint8Array(key), { name: 'HMAC', hash }, false, ['sign'])
      return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(signed))))
    }
    /** Whatever is asked for, signed with the real secret. */
    const raw = async (head: unknown, body: unknown) => {
      const signed = `${encode(head)}.${encode(body)}`
      return `${signed}.${await hmac(signed)}`
    }
    const withClaims = (changed: JWTPayload) => raw(header, { ...claims, ...changed })
    const withHeader = (changed: object) => raw({ ...header, ...changed }, claims)
    const without = (name: string) => raw(header, Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name)))
    const rsa = await generateKeyPair('RS256', { extractable: true })
    const ec = await generateKeyPair('ES256', { extractable: true })

    const tokens: [name: string, token: string | Promise<string>][] = [
      ['empty', ''],
      ['dots', '..'],
      ['one part', h],
      ['two parts', `${h}.${p}`],
      ['four parts', `${genuine}.${s}`],
      ['five parts', `${genuine}.${s}.${s}`],
      ['no header', `.${p}.${s}`],
      ['no payload', `${h}..${s}`],
      ['no signature', `${h}.${p}.`],
      ['half a signature', `${h}.${p}.${s.slice(0, 21)}`],
      ['a longer signature', `${genuine}AAAA`],
      ['padding', `${genuine}=`],
      ['64 KB of it', `${h}.${p}.${s}${'A'.repeat(65_536)}`],
      ['64 KB of claims', withClaims({ pad: 'x'.repeat(65_536) })],
      ['the refresh token', me.user.refresh_token],
      ["another's claims under this signature", `${h}.${other.user.access_token.split('.')[1]}.${s}`],
      ["another's signature", `${h}.${p}.${other.user.access_token.split('.')[2]}`],
      ['an upper-case payload', `${h}.${p.toUpperCase()}.${s}`],
      ...['none', 'None', 'NONE', 'nOnE', ''].flatMap((alg): [string, string | Promise<string>][] => [
        [`alg ${alg}, unsigned`, `${encode({ ...header, alg })}.${p}.`],
        [`alg ${alg}, old signature`, `${encode({ ...header, alg })}.${p}.${s}`],
        [`alg ${alg}, signed`, withHeader({ alg })],
      ]),
      ...['HS384', 'HS512', 'RS256', 'RS512', 'PS256', 'ES256', 'EdDSA', 'hs256', 'HS256 ', 'dir'].map((alg): [string, Promise<string>] => [
        `alg ${alg} over our HMAC`,
        withHeader({ alg }),
      ]),
      ['alg missing', withHeader({ alg: undefined })],
      ['alg a list', withHeader({ alg: ['HS256'] })],
      ['really RS256', new SignJWT(claims).setProtectedHeader({ ...header, alg: 'RS256' }).sign(rsa.privateKey)],
      ['really ES256', new SignJWT(claims).setProtectedHeader({ ...header, alg: 'ES256' }).sign(ec.privateKey)],
      ['really HS512', new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS512' }).sign(secret)],
      ...['', 'secret', 'changeme', workerVars.JWT_SECRET_KEY.slice(0, -1), `${workerVars.JWT_SECRET_KEY}\n`, header.kid, 'null'].map(
        (key): [string, Promise<string>] => [
          `the secret ${key}`,
          hmac(`${h}.${p}`, new TextEncoder().encode(key || '\u0000')).then((mac) => `${h}.${p}.${mac}`),
        ],
      ),
      ...[
        undefined,
        '',
        'other',
        '../../dev/null',
        '/dev/null',
        'https://evil.example/key',
        "' OR 1=1 --",
        '__proto__',
        'constructor',
        0,
        null,
        [header.kid],
        `${header.kid} `,
        header.kid.toUpperCase() === header.kid ? 'x' : header.kid.toUpperCase(),
      ].map((kid): [string, Promise<string>] => [`kid ${JSON.stringify(kid)}`, withHeader({ kid })]),
      ...[undefined, '', 'JWT', 'jwt', 'rt+jwt', 'refresh', 'at', 'dpop+jwt', null].map((typ): [string, Promise<string>] => [
        `typ ${JSON.stringify(typ)}`,
        withHeader({ typ }),
      ]),
      ['an unknown critical header', withHeader({ crit: ['exp'], exp: now + 600 })],
      ['critical b64', withHeader({ crit: ['b64'], b64: false })],
      ['an empty crit', withHeader({ crit: [] })],
      ...[undefined, '', 'evil', 'withbowwow ', 'WITHBOWWOW', ['withbowwow'], null, 5].map((iss): [string, Promise<string>] => [
        `iss ${JSON.stringify(iss)}`,
        withClaims({ iss } as JWTPayload),
      ]),
      ...[undefined, '', 'evil', 'withbowwow', [], ['evil'], null, 5].map((aud): [string, Promise<string>] => [
        `aud ${JSON.stringify(aud)}`,
        withClaims({ aud } as JWTPayload),
      ]),
      ...[undefined, null, '', 0, -1, now - 1, now - 3_600, String(now + 600), true, {}].map((exp): [string, Promise<string>] => [
        `exp ${JSON.stringify(exp)}`,
        withClaims({ exp } as unknown as JWTPayload),
      ]),
      ...[undefined, null, '', now + 600, now - 3_700, now - 86_400, 0, String(now), true].map((iat): [string, Promise<string>] => [
        `iat ${JSON.stringify(iat)}`,
        withClaims({ iat } as unknown as JWTPayload),
      ]),
      ['a week long', withClaims({ iat: now - 4_000, exp: now + 7 * 86_400 })],
      ['not valid yet', withClaims({ nbf: now + 600 })],
      ['a broken nbf', withClaims({ nbf: 'now' } as unknown as JWTPayload)],
      ...[undefined, null, '', 'me', 5, `${claims.sub}x`, `${claims.sub}' OR '1'='1`, crypto.randomUUID(), other.user.user_id].map(
        (sub): [string, Promise<string>] => [`sub ${JSON.stringify(sub)}`, withClaims({ sub } as JWTPayload)],
      ),
      ...[undefined, null, '', 5, 'x', crypto.randomUUID(), decodeJwt(other.user.access_token).sid].map(
        (sid): [string, Promise<string>] => [`sid ${JSON.stringify(sid)}`, withClaims({ sid } as JWTPayload)],
      ),
      ...[undefined, null, '', 'refresh', 'ACCESS', ['access'], true].map((type): [string, Promise<string>] => [
        `type ${JSON.stringify(type)}`,
        withClaims({ type } as JWTPayload),
      ]),
      ...['iss', 'aud', 'exp', 'iat', 'sub', 'sid', 'type'].map((name): [string, Promise<string>] => [`without ${name}`, without(name)]),
      ['claims twice, the bad one first', raw(header, `{"sub":"${claims.sub}","type":"access","sub":"${other.user.user_id}"}`)],
      ['a list for claims', raw(header, [claims])],
      ['text for claims', raw(header, '"claims"')],
      ['null for claims', raw(header, 'null')],
      ['a list for a header', raw([header], claims)],
      ['text for a header', raw('"HS256"', claims)],
      ['no JSON for a header', raw('{', claims)],
    ]
    expect(tokens.length).toBeGreaterThanOrEqual(120)
    for (const [name, token] of tokens) {
      const { status, json } = await open(`Bearer ${await token}`)
      expect([name, status, json.code]).toEqual([name, 401, 'unauthenticated'])
    }
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      genuine,
      `Basic ${genuine}`,
      `Token ${genuine}`,
      `Bearer ${genuine} x`,
      `Bearer\t${genuine}`,
    ]) {
      expect([authorization, (await open(authorization)).status]).toEqual([authorization, 401])
    }
    // The craft itself is sound: unchanged, it opens the door.
    expect((await open(`Bearer ${await withClaims({})}`)).status).toBe(200)
    expect((await open(`Bearer ${genuine}`)).status).toBe(200)
    expect((await open(`bearer ${genuine}`)).status).toBe(200)
  })

  it('tells which scheme to use', async () => {
    expect((await anyone.get('/users/me')).headers.get('WWW-Authenticate')).toBe('Bearer')
  })
})
