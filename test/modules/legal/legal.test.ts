import { describe, expect, it } from 'vitest'
import { documents } from '../../../src/modules/legal/documents.ts'
import { legalDocuments } from '../../../src/modules/legal/schema.ts'
import { createApi } from '../../support/api.ts'

const api = createApi()
const texts = import.meta.glob('../../../assets/legal/**/*.md', { query: '?raw', import: 'default', eager: true })
const textOf = (document: string, version: string) => texts[`../../../assets/legal/${document}/${version}.md`]
const [privacyNotes] = Object.values(import.meta.glob('../../../docs/privacy.md', { query: '?raw', import: 'default', eager: true }))

it('has a text for every version, and no text without one', () => {
  const listed = legalDocuments.flatMap((document) => documents[document].versions.map((version) => `${document}/${version}`))
  expect(Object.keys(texts).map((path) => path.replace('../../../assets/legal/', '').replace('.md', ''))).toEqual(
    expect.arrayContaining(listed),
  )
  expect(Object.keys(texts)).toHaveLength(listed.length)
  for (const document of legalDocuments) expect(documents[document].versions).toEqual(documents[document].versions.toSorted().toReversed())
})

it('says in the location terms what others may learn, in the words of docs/privacy.md', () => {
  const words = privacyNotes!.match(/^> .*$/gm)!.map((line) => line.slice(2).replaceAll('**', ''))
  expect(words.length).toBeGreaterThanOrEqual(4)
  for (const word of words) expect(textOf('location', documents.location.versions[0])).toContain(word)
})

it('names what the law wants of a seller and of a location service', () => {
  const business = textOf('business', documents.business.versions[0])
  for (const point of ['상호', '대표자', '사업자등록번호', '통신판매업 신고번호', '주소', '전화번호', '이메일', '호스팅 서비스 제공자'])
    expect(business).toContain(point)
  const location = textOf('location', documents.location.versions[0])
  for (const point of ['상호', '주소', '전화번호', '확인자료', '6개월', '법정대리인', '8세 이하', '위치정보관리책임자', '철회', '열람'])
    expect(location).toContain(point)
})

describe.each(legalDocuments)('GET /legal/%s', (document) => {
  it('is JSON, known to who has it', async () => {
    const { status, json, headers } = await api.get(`/legal/${document}`)
    const version = documents[document].versions[0]
    expect(status).toBe(200)
    expect(json).toMatchObject({ document, version, effective_on: version, is_current: true, text: textOf(document, version) })
    expect([headers.get('Cache-Control'), headers.get('Vary')]).toEqual(['public, max-age=300', 'Accept'])
    expect((await api.get(`/legal/${document}`, { headers: { 'If-None-Match': headers.get('ETag')! } })).status).toBe(304)
    expect((await api.get(json.url)).json).toEqual(json)
  })

  it('is a page for a browser, and at .html for everybody', async () => {
    const asked = await api.get(`/legal/${document}`, { headers: { Accept: 'text/html,*/*;q=0.8' } })
    const named = await api.get(`/legal/${document}.html`)
    expect(named.text).toBe(asked.text)
    expect([asked.status, asked.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(asked.text).toMatch(
      new RegExp(
        `<h1>${documents[document].title}</h1>\\s*<p class="meta">시행일 ${documents[document].versions[0].replaceAll('-', '.')}</p>`,
      ),
    )
    for (const part of ['prefers-color-scheme:dark', '@media print', '<html lang="ko">']) expect(asked.text).toContain(part)
    expect(asked.text).not.toMatch(/<script|^#|\|---/m)
    const style = /<style>([^]*?)<\/style>/.exec(asked.text)?.[1] ?? ''
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style)))
    expect(asked.headers.get('Content-Security-Policy')).toContain(`style-src 'sha256-${btoa(String.fromCharCode(...digest))}'`)
  })

  it('links only to what there is', async () => {
    const { text } = await api.get(`/legal/${document}.html`)
    for (const [, path] of text.matchAll(/href="(\/[^"]*)"/g)) expect((await api.get(path!)).status, path).toBe(200)
  })
})

it.each(['/legal/cookies', '/legal/service?version=1999-01-01', '/legal/..%2fservice', '/legal/constructor', '/legal/'])(
  '%s is none',
  async (path) => {
    expect((await api.get(path)).status).toBe(404)
  },
)

it('says so to a browser in a page', async () => {
  const { status, text } = await api.get('/legal/cookies', { headers: { Accept: 'text/html' } })
  expect([status, text.includes('찾을 수 없는 문서예요')]).toEqual([404, true])
  expect(await api.get('/legal/cookies')).toMatchObject({ json: { code: 'legal_document_not_found' } })
})
