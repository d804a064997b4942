import { describe, expect, it } from 'vitest'
import { workerVars } from '../../../dev/credentials.ts'
import { readConfig } from '../../../src/config.ts'
import { documents } from '../../../src/modules/legal/documents.ts'
import { legalDocuments } from '../../../src/modules/legal/schema.ts'
import { createApi } from '../../support/api.ts'
import { testEnv } from '../../support/env.ts'

const api = createApi()
const origin = workerVars.PUBLIC_ORIGIN
const { components } = (await api.get('/openapi.json')).json

describe('GET /app-config', () => {
  it('says what an app needs before it begins', async () => {
    const { status, json, headers } = await api.get('/app-config')
    expect([status, headers.get('Cache-Control')]).toEqual([200, 'public, max-age=300'])
    expect(json).toMatchObject({
      update: 'unknown',
      platforms: {
        ios: { minimum_version: '1.0.0', latest_version: '1.2.0', store_url: null },
        android: { store_url: 'https://play.google.com/store/apps/details?id=com.withbowwow.app' },
      },
      support: { contact_email: 'help@withbowwow.test', contact_url: null },
      links: { share: `${origin}/s/`, deep: 'withbowwow://' },
    })
    expect(json.legal.map(({ document, version }: any) => [document, version])).toEqual(
      legalDocuments.map((it) => [it, documents[it].versions[0]]),
    )
    for (const { url } of json.legal) expect((await api.get(url)).status, url).toBe(200)
    expect((await api.get('/app-config', { headers: { 'If-None-Match': headers.get('ETag')! } })).status).toBe(304)
    expect((await api.get('/app-config?platform=ios&app_version=1.0.0')).headers.get('ETag')).not.toBe(headers.get('ETag'))
  })

  it.each([
    ['ios', '0.9.9', 'required'],
    ['ios', '1.0.0', 'recommended'],
    ['android', '1.1.10', 'recommended'],
    ['android', '1.2.0', 'none'],
    ['ios', '1.10.0', 'none'],
  ])('tells %s %s that an update is %s', async (platform, version, update) => {
    expect((await api.get(`/app-config?platform=${platform}&app_version=${version}`)).json.update).toBe(update)
  })

  it.each(['platform=windows', 'app_version=latest', 'app_version=1.2', 'app_version=999999.0.0'])('refuses %s', async (query) => {
    expect((await api.get(`/app-config?${query}`)).status).toBe(422)
  })

  it('asks nobody to update before versions are configured', async () => {
    const bare = api.with(({ apps }) => ({ apps: { ...apps, ios: { store_id: null, minimum_version: null, latest_version: null } } }))
    expect((await bare.get('/app-config?platform=ios&app_version=0.0.1')).json.update).toBe('none')
  })

  it('says whether HEIC is taken', async () => {
    expect((await api.with({ images: null }).get('/app-config')).json.features).toEqual({ heic_photos: false })
  })

  it('tells the limits that the contract holds', async () => {
    const { limits } = (await api.get('/app-config')).json
    const { EditWalk, CreatePet, EditUser } = components.schemas
    expect(EditWalk.properties.memo.maxLength ?? EditWalk.properties.memo.anyOf?.[0].maxLength).toBe(limits.memo_length)
    expect(CreatePet.properties.name.maxLength).toBe(limits.pet_name_length)
    expect(EditUser.properties.nickname.pattern).toContain(`{${limits.nickname_length_min},${limits.nickname_length_max}}`)
  })
})

describe('the configuration', () => {
  it('takes no minimum above the latest version, because it would lock everybody out', () => {
    expect(() => readConfig({ ...testEnv, IOS_MINIMUM_VERSION: '2.0.0' } as Env)).toThrow('IOS_MINIMUM_VERSION')
    expect(() => readConfig({ ...testEnv, IOS_MINIMUM_VERSION: '1.2.0' } as Env)).not.toThrow()
  })

  it('takes the key of data.go.kr in either spelling, and keeps it raw', () => {
    const read = (DATA_GO_KR_KEY: string) => readConfig({ ...testEnv, DATA_GO_KR_KEY } as Env).DATA_GO_KR_KEY
    for (const key of ['ab%2Bcd', 'ab+cd', ' ab%2bcd\n']) expect(read(key)).toBe('ab+cd')
    expect(read('ab%2Fcd%3D%3D')).toBe('ab/cd==')
    expect(read('0123456789abcdef')).toBe('0123456789abcdef')
  })

  it.each(['ab%G0', 'ab%252Bcd', 'ab cd', '%', ' ', 'ab&cd'])(
    'refuses a broken key of data.go.kr by its name alone: %j',
    (DATA_GO_KR_KEY) => {
      const refusal = () => readConfig({ ...testEnv, DATA_GO_KR_KEY } as Env)
      expect(refusal).toThrow(/^environment variables missing or malformed: DATA_GO_KR_KEY$/)
    },
  )

  it('knows a relay to data.go.kr, or none', () => {
    const read = (DATA_GO_KR_RELAY?: string) => readConfig({ ...testEnv, DATA_GO_KR_RELAY } as unknown as Env).DATA_GO_KR_RELAY
    expect(read('https://relay.example.kr/')).toBe('https://relay.example.kr')
    expect(read()).toBeUndefined()
    expect(() => read('relay')).toThrow('DATA_GO_KR_RELAY')
  })

  it('takes no test key of Toss in production', () => {
    const production = { ...testEnv, ENVIRONMENT: 'production' }
    expect(() => readConfig({ ...production, TOSS_SECRET_KEY: 'test_sk_D5GePWvyJnrK0W0k6q8gLzN97Eoq' } as unknown as Env)).toThrow(
      'TOSS_SECRET_KEY',
    )
    expect(() => readConfig({ ...production, TOSS_SECRET_KEY: 'live_sk_D5GePWvyJnrK0W0k6q8gLzN97Eoq' } as unknown as Env)).not.toThrow()
  })
})

describe('links of this origin', () => {
  it('may be opened by the apps that are configured', async () => {
    const apple = await api.get('/.well-known/apple-app-site-association')
    expect([apple.status, apple.headers.get('Content-Type')]).toEqual([200, 'application/json'])
    const [detail] = apple.json.applinks.details
    expect(detail.appIDs).toEqual([workerVars.APPLE_LINK_APP_IDS])
    expect(detail.components.map((it: any) => [it['/'], it.exclude ?? false])).toEqual([
      ['/s/*/*', true],
      ['/s/*', false],
    ])
    const google = await api.get('/.well-known/assetlinks.json')
    expect(google.headers.get('Content-Type')).toBe('application/json')
    expect(google.json[0].target).toEqual({
      namespace: 'android_app',
      package_name: 'com.withbowwow.app',
      sha256_cert_fingerprints: [workerVars.ANDROID_CERT_FINGERPRINTS],
    })
  })

  it('are nobody’s before that', async () => {
    const bare = api.with(({ apps }) => ({ apps: { ...apps, ios_link_ids: [], android_fingerprints: [] } }))
    for (const path of ['/.well-known/apple-app-site-association', '/.well-known/assetlinks.json'])
      expect(await bare.get(path)).toMatchObject({ status: 404, json: { code: 'not_configured' } })
  })
})
